import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentSettings } from "@ai-implement/contracts";
import { executorFactories } from "./adapters/executor/registry.ts";
import { forgeFactories } from "./adapters/forge/registry.ts";
import { trackerFactories } from "./adapters/tracker/registry.ts";
import type { Config } from "./config.ts";
import type { DispatchPolicy } from "./core/dispatch/snapshot.ts";
import { defaultRetryPolicy } from "./core/runs/retry.ts";
import { minutes } from "./core/time.ts";
import type { Clock } from "./ports/clock.ts";
import type { LocalPullRequests } from "./ports/local-pull-requests.ts";
import type { Logger } from "./ports/logger.ts";
import type { Adapters } from "./services/adapters.ts";

export const clock: Clock = { now: () => Date.now() };

export const dispatchPolicy = (config: Config): DispatchPolicy => ({
  retry: { ...defaultRetryPolicy, baseDelayMs: config.service.retryBaseMs },
  strayAfterMs: minutes(10),
});

/** Never silently somewhere else (§4.1): a database that was asked for and is not there is an error. */
export const databasePath = ({ store }: Config): string => {
  if (store.kind === "sqlite") return store.path;
  throw new Error(
    "DATABASE_URL is set, but this version keeps its state in SQLite only: unset it and set DEDUP_DB_PATH.",
  );
};

/** The command of this installation: it need not be on anybody's PATH. */
export const programEntry = fileURLToPath(new URL("../bin/ai-implement.mjs", import.meta.url));

/** The program in the sandbox, built beside this one. */
export const runnerEntry = fileURLToPath(new URL("../../runner/dist/runner.js", import.meta.url));

export interface AdapterOptions {
  /** `PATH` for git and for the runners that are started on this machine. */
  readonly path: string;
  readonly logger: Logger;
  /** For a look that leaves no trace. */
  readonly readOnly?: boolean;
}

export const createAdapters = (
  config: Config,
  pullRequests: LocalPullRequests,
  { path, logger, readOnly = false }: AdapterOptions,
): Adapters => {
  const { folder, localForge, processExecutor } = config;
  return {
    trackers: new Map(
      folder === null
        ? []
        : [["folder", trackerFactories.folder({ root: folder.directory, clock, readOnly })]],
    ),
    forges: new Map(
      localForge === null
        ? []
        : [["local", forgeFactories.local({ root: localForge.directory, pullRequests, clock, path })]],
    ),
    executors: new Map([
      [
        "process",
        executorFactories.process({
          directory: processExecutor.directory,
          runnerEntry,
          nodePath: process.execPath,
          path,
          logger,
        }),
      ],
    ]),
  };
};

/**
 * A mode that forces runs into a sandbox is no setting to ignore: they would run beside us instead.
 * @throws Error that names the setting
 */
export const refuseForcedMode = ({ runs: { mode } }: Config): void => {
  if (mode !== null && mode !== "default")
    throw new Error(
      `RUNNER_MODE=${mode} is set, but this version runs attempts as processes of this machine only: unset it if you accept that.`,
    );
};

/** Settings that are right but belong to a part that this version does not have yet. */
export const notYetHere = ({ github, linear, jira, fly, notifications }: Config): readonly string[] =>
  [
    { given: github.app, setting: "GITHUB_APP_ID", part: "GitHub" },
    { given: linear.apiKey, setting: "LINEAR_API_KEY", part: "Linear" },
    { given: jira.account, setting: "JIRA_TOKEN", part: "Jira" },
    { given: fly.sessions, setting: "FLY_SESSIONS_APP", part: "Fly Machines" },
    { given: notifications, setting: "NOTIFY_WEBHOOK_URL", part: "notifications" },
  ]
    .filter(({ given }) => given !== null)
    .map(({ setting, part }) => `${setting} is set, but this version has no ${part} yet: it is ignored.`);

/** Folders that settings name and that are not there: the service starts all the same, and finds them once they are. */
export const missingFolders = ({ folder, localForge }: Config): readonly string[] =>
  [
    { setting: "TICKETS_DIR", directory: folder?.directory },
    { setting: "LOCAL_FORGE_DIR", directory: localForge?.directory },
  ].flatMap(({ setting, directory }) =>
    directory === undefined || existsSync(directory)
      ? []
      : [`${setting} names ${resolve(directory)}, which does not exist: create it or correct the setting.`],
  );

export const agentSettings = ({ agent }: Pick<Config, "agent">): AgentSettings => {
  if (agent.script !== null) return { kind: "scripted", script: resolve(agent.script) };
  const credential =
    agent.oauthToken !== null
      ? { oauthToken: agent.oauthToken }
      : agent.apiKey !== null
        ? { apiKey: agent.apiKey }
        : {};
  return {
    kind: "claude-code",
    ...(agent.command === null ? {} : { command: commandOf(agent.command) }),
    baseUrl: agent.baseUrl,
    ...credential,
  };
};

/** A name is found on PATH. A path is the operator's: in the checkout it could be a file of the repository's. */
const commandOf = (command: string): string => (command.includes("/") ? resolve(command) : command);

export const randomSecret = (): string => randomBytes(32).toString("base64url");
