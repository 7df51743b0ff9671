import { boolean, integer, name, oneOf, path, postgresUrl, text, url } from "../kinds.ts";
import { byPlace, defaulted, optional } from "../setting.ts";

export const serviceSettings = {
  PORT: defaulted({
    kind: integer(0, 65_535),
    default: "8080",
    meaning: "The port to listen on; `0` takes a free one.",
  }),
  POLL_INTERVAL_MS: defaulted({
    kind: integer(10, 86_400_000, "ms"),
    default: "60000",
    meaning: "Pause between two polls of the trackers. Below 10000: a warning at start.",
  }),
  RETRY_BASE_MS: defaulted({
    kind: integer(0, 3_600_000, "ms"),
    default: "30000",
    meaning: "Wait before the first automatic retry of a failed run; each further wait is four times longer.",
  }),
  ADMIN_ACCESS_CODE: optional({
    kind: text(),
    secret: true,
    meaning: "Password of the admin UI and the admin API.",
    whenUnset: "every `/admin` and admin `/api/` route answers 404",
  }),
  DEDUP_DB_PATH: defaulted({
    kind: path,
    default: byPlace("/data/dedup.sqlite", "./dedup.sqlite"),
    meaning: "The SQLite file: leases, run log, projects. Never silently somewhere else.",
  }),
  DATABASE_URL: optional({
    kind: postgresUrl,
    secret: true,
    meaning: "PostgreSQL instead of SQLite; several replicas may share it.",
    whenUnset: "SQLite",
  }),
  CLIENT_SLUG: optional({
    kind: name,
    meaning: "Which tenant this is: in logs, metrics, notifications and machine ownership tags.",
  }),
  FLY_APP_NAME: optional({
    kind: name,
    meaning: "The Fly app that this service itself runs as; Fly sets it. Part of machine ownership tags.",
  }),
  LOG_LEVEL: defaulted({
    kind: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    default: "info",
    meaning: "The least important messages that are logged.",
  }),
  LOG_FORMAT: defaulted({
    kind: oneOf(["json", "pretty"]),
    default: {
      text: "json (pretty on a terminal)",
      of: ({ interactive }) => (interactive ? "pretty" : "json"),
    },
    meaning: "One JSON object per line for machines, or coloured lines for people.",
  }),
} as const;

export const notificationSettings = {
  NOTIFY_TYPE: defaulted({
    kind: oneOf(["slack", "teams"]),
    default: "slack",
    meaning: "Which chat system the webhook belongs to.",
  }),
  NOTIFY_WEBHOOK_URL: optional({
    kind: url({ plainHttp: "loopback", query: true }),
    secret: true,
    meaning: "Incoming webhook of the channel that is told what happens.",
    whenUnset: "no notifications",
  }),
} as const;

export const reaperSettings = {
  REAPER_DRY_RUN: defaulted({
    kind: boolean,
    default: "false",
    meaning: "Log what the reaper would destroy, and destroy nothing.",
  }),
  REAPER_ALERT_THRESHOLD: defaulted({
    kind: integer(1, 100_000),
    default: "10",
    meaning: "Destructions in 24 h above which a notification goes out.",
  }),
} as const;
