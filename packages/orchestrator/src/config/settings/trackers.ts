import { name, path, text, url } from "../kinds.ts";
import { defaulted, optional } from "../setting.ts";

export const trackerSettings = {
  TICKETS_DIR: optional({ kind: path, meaning: "Root of the folder tracker: Markdown files as tickets." }),
  LINEAR_API_KEY: optional({
    kind: text(),
    secret: true,
    meaning: "Key of Linear's API, with the right to read and to write (docs/trackers.md).",
    whenUnset: "required when a project uses Linear",
  }),
  LINEAR_WORKSPACE_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://linear.app",
    meaning: "Your workspace, for links only.",
  }),
  LINEAR_WEBHOOK_SECRET: optional({
    kind: text({ minBytes: 16 }),
    secret: true,
    meaning: "Signing secret of Linear's webhook to `/api/linear/webhook`.",
    whenUnset: "the webhook rejects every request",
  }),
  LINEAR_API_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.linear.app/graphql",
    meaning: "Linear's GraphQL API.",
  }),
  JIRA_TOKEN: optional({
    kind: text(),
    secret: true,
    meaning:
      "Bearer token of Jira Cloud's API, with the scopes `read:jira-work`, `write:jira-work` and `read:jira-user` (docs/trackers.md).",
    whenUnset: "required, with the next two, when a project uses Jira",
  }),
  JIRA_CLOUD_ID: optional({
    kind: name,
    meaning: "Id of the Jira site, as `https://<site>/_edge/tenant_info` shows it.",
  }),
  JIRA_SITE_URL: optional({
    kind: url({ plainHttp: "loopback" }),
    meaning: "The Jira site, for links only.",
  }),
  JIRA_WEBHOOK_SECRET: optional({
    kind: text({ minBytes: 16 }),
    secret: true,
    meaning: "Secret of Jira's webhook to `/api/jira/webhook`.",
    whenUnset: "the webhook rejects every request",
  }),
  JIRA_API_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.atlassian.com",
    meaning: "Atlassian's API; `/ex/jira/{cloudId}` is added to it.",
  }),
} as const;
