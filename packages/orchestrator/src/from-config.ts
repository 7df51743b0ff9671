import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentSettings } from "@ai-implement/contracts";
import { executorFactories } from "./adapters/executor/registry.ts";
import { forgeFactories } from "./adapters/forge/registry.ts";
import { createJiraWebhook } from "./adapters/tracker/jira/jira-webhook.ts";
import { createLinearWebhook } from "./adapters/tracker/linear/linear-webhook.ts";
import { trackerFactories } from "./adapters/tracker/registry.ts";
import { problemSentence, type SettingProblem } from "./config/problem.ts";
import type { Config } from "./config.ts";
import type { DispatchPolicy } from "./core/dispatch/snapshot.ts";
import { defaultRetryPolicy } from "./core/runs/retry.ts";
import type { TrackerKind } from "./core/ticket.ts";
import { minutes } from "./core/time.ts";
import { createGithubAdapters } from "./github-from-config.ts";
import type { Clock } from "./ports/clock.ts";
import type { Executor } from "./ports/executor.ts";
import type { JiraDirectory } from "./ports/jira-directory.ts";
import type { LocalPullRequests } from "./ports/local-pull-requests.ts";
import type { Logger } from "./ports/logger.ts";
import type { Tracker } from "./ports/tracker.ts";
import type { TrackerWebhook } from "./ports/tracker-webhook.ts";
import type { Adapters } from "./services/adapters.ts";
import type { JobProvisions } from "./services/runs/job-maker.ts";

export const clock: Clock = { now: () => Date.now() };

export const dispatchPolicy = (config: Config): DispatchPolicy => ({
  retry: { ...defaultRetryPolicy, baseDelayMs: config.service.retryBaseMs },
  strayAfterMs: minutes(10),
  ...forcedExecutor(config.runs.mode),
});

const forcedExecutor = (mode: Config["runs"]["mode"]): Pick<DispatchPolicy, "forcedExecutor"> => {
  switch (mode) {
    case "gha":
      return { forcedExecutor: "github-actions" };
    case "local":
      return { forcedExecutor: "docker" };
    default:
      return {};
  }
};

/**
 * Never silently somewhere else (§4.1): a database that was asked for and is not there is an error.
 * @throws Error that names the setting
 */
export const databasePath = (config: Config): string => {
  if (config.store.kind === "sqlite") return config.store.path;
  throw refusalError(databaseRefusals(config));
};

/** The command of this installation: it need not be on anybody's PATH. */
export const programEntry = fileURLToPath(new URL("../bin/ai-implement.mjs", import.meta.url));

/** The program in the sandbox, built beside this one. */
export const runnerEntry = fileURLToPath(new URL("../../runner/dist/runner.js", import.meta.url));

export interface TrackerOptions {
  /** For a look that leaves no trace. */
  readonly readOnly?: boolean;
  /** How patiently a vendor is asked; each tracker has its own defaults. */
  readonly patience?: { readonly timeoutMs: number; readonly retries: number };
}

export interface AdapterOptions extends TrackerOptions {
  /** `PATH` for git and for the runners that are started on this machine. */
  readonly path: string;
  readonly logger: Logger;
}

export interface ConfiguredTrackers {
  readonly trackers: ReadonlyMap<TrackerKind, Tracker>;
  /** Null: Jira is not configured. */
  readonly jiraDirectory: JiraDirectory | null;
}

export const createTrackers = async (
  { folder, linear, jira }: Config,
  { readOnly = false, patience }: TrackerOptions,
): Promise<ConfiguredTrackers> => {
  const common = { clock, readOnly, ...(patience === undefined ? {} : { gate: patience }) };
  const { apiKey, apiUrl, workspaceUrl } = linear;
  const linearTracker =
    apiKey === null ? null : (await trackerFactories.linear())({ ...common, apiKey, apiUrl, workspaceUrl });
  const jiraTracker =
    jira.account === null
      ? null
      : (await trackerFactories.jira())({ ...common, ...jira.account, apiUrl: jira.apiUrl });
  const folderTracker =
    folder === null ? null : (await trackerFactories.folder())({ root: folder.directory, clock, readOnly });
  const configured = [linearTracker, jiraTracker, folderTracker].filter((tracker) => tracker !== null);
  return {
    trackers: new Map(configured.map((tracker) => [tracker.kind, tracker])),
    jiraDirectory: jiraTracker,
  };
};

/** Who reads a vendor's webhook; a vendor whose secret is not set is not there, and its endpoint refuses all (§4.1). */
export const trackerWebhooks = ({ linear, jira }: Config): ReadonlyMap<"linear" | "jira", TrackerWebhook> =>
  new Map([
    ...(linear.webhookSecret === null
      ? []
      : [["linear", createLinearWebhook({ secret: linear.webhookSecret })] as const]),
    ...(jira.webhookSecret === null
      ? []
      : [["jira", createJiraWebhook({ secret: jira.webhookSecret })] as const]),
  ]);

export const createAdapters = async (
  config: Config,
  pullRequests: LocalPullRequests,
  { path, logger, ...trackerOptions }: AdapterOptions,
): Promise<Adapters & ConfiguredTrackers & { readonly accessChanged: () => void }> => {
  const { localForge, processExecutor } = config;
  const github = await createGithubAdapters(config, clock, trackerOptions.patience);
  const local =
    localForge === null
      ? null
      : forgeFactories.local({ root: localForge.directory, pullRequests, clock, path });
  const ownProcess = executorFactories.process({
    directory: processExecutor.directory,
    runnerEntry,
    nodePath: process.execPath,
    path,
    logger,
  });
  const forges = [local, github?.forge ?? null].filter((forge) => forge !== null);
  const containers = await createContainerExecutor(config, logger);
  const executors = [ownProcess, containers, github?.executor ?? null].filter(
    (executor) => executor !== null,
  );
  return {
    ...(await createTrackers(config, trackerOptions)),
    forges: new Map(forges.map((forge) => [forge.kind, forge])),
    executors: new Map(executors.map((executor) => [executor.kind, executor])),
    accessChanged: () => github?.accessChanged(),
  };
};

/** Null: no image is set for it, and so nobody wants it. */
const createContainerExecutor = async (
  { docker, processExecutor, service }: Config,
  logger: Logger,
): Promise<Executor | null> =>
  docker.image === null
    ? null
    : (await executorFactories.docker())({
        host: docker.host,
        image: docker.image,
        orchestratorUrl: docker.orchestratorUrl,
        directory: processExecutor.directory,
        owner: service.clientSlug ?? service.flyAppName ?? "ai-implement",
        clock,
        logger,
      });

/** Settings that are right, and that this version cannot honour: to start all the same would break their word. */
export const refusals = (config: Config): readonly SettingProblem[] => [
  ...databaseRefusals(config),
  ...modeRefusals(config),
];

const databaseRefusals = ({ store }: Config): readonly SettingProblem[] =>
  store.kind === "sqlite"
    ? []
    : [
        {
          setting: "DATABASE_URL",
          what: "it is set, but this version keeps its state in SQLite only",
          fix: "Unset it and set DEDUP_DB_PATH.",
        },
      ];

const modeRefusals = ({ runs: { mode }, github }: Config): readonly SettingProblem[] =>
  mode === null || mode === "default" || mode === "local" || (mode === "gha" && github.app !== null)
    ? []
    : [
        {
          setting: "RUNNER_MODE",
          what:
            mode === "gha"
              ? "it is gha, but no GitHub App is configured"
              : `it is ${mode}, but this version runs attempts on GitHub Actions, in local containers and as processes of this machine only`,
          fix:
            mode === "gha"
              ? "Set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY."
              : "Unset it if you accept that each project's own executionMode decides.",
        },
      ];

const refusalError = (problems: readonly SettingProblem[]): Error =>
  new Error(problems.map(problemSentence).join(" "));

/**
 * A mode that forces runs into a sandbox is no setting to ignore: they would run beside us instead.
 * @throws Error that names the setting
 */
export const refuseForcedMode = (config: Config): void => {
  const problems = modeRefusals(config);
  if (problems.length > 0) throw refusalError(problems);
};

/** Settings that are right but belong to a part that this version does not have yet. */
export const notYetHere = ({ fly, notifications }: Config): readonly SettingProblem[] =>
  (
    [
      { given: fly.sessions, setting: "FLY_SESSIONS_APP", part: "Fly Machines" },
      { given: notifications, setting: "NOTIFY_WEBHOOK_URL", part: "notifications" },
    ] as const
  )
    .filter(({ given }) => given !== null)
    .map(({ setting, part }) => ({
      setting,
      what: `it is set, but this version has no ${part} yet`,
      fix: "It is ignored: unset it, or wait for a later version.",
    }));

/** Folders that settings name and that are not there: the service starts all the same, and finds them once they are. */
export const missingFolders = ({ folder, localForge }: Config): readonly SettingProblem[] =>
  (
    [
      { setting: "TICKETS_DIR", directory: folder?.directory },
      { setting: "LOCAL_FORGE_DIR", directory: localForge?.directory },
    ] as const
  ).flatMap(({ setting, directory }) =>
    directory === undefined || existsSync(directory)
      ? []
      : [
          {
            setting,
            what: `it names ${resolve(directory)}, which does not exist`,
            fix: "Create it or correct the setting.",
          },
        ],
  );

/** What an operator should read in the log of a start that goes well otherwise. */
export const startWarnings = (config: Config): readonly string[] =>
  [...notYetHere(config), ...missingFolders(config)].map(problemSentence);

export const agentSettings = ({ agent }: Pick<Config, "agent">): AgentSettings => {
  if (agent.script !== null) return { kind: "scripted", script: resolve(agent.script) };
  const command = agent.command === null ? {} : { command: commandOf(agent.command) };
  if (agent.kind === "codex") {
    const { apiKey, baseUrl, model } = agent.openai;
    return {
      kind: "codex",
      ...command,
      baseUrl,
      ...(apiKey === null ? {} : { apiKey }),
      ...(model === null ? {} : { model }),
    };
  }
  const credential =
    agent.oauthToken !== null
      ? { oauthToken: agent.oauthToken }
      : agent.apiKey !== null
        ? { apiKey: agent.apiKey }
        : {};
  return {
    kind: "claude-code",
    ...command,
    baseUrl: agent.baseUrl,
    ...credential,
  };
};

/** A name is found on PATH. A path is the operator's: in the checkout it could be a file of the repository's. */
const commandOf = (command: string): string => (command.includes("/") ? resolve(command) : command);

/** What every job of this installation is given. */
export const jobProvisions = ({
  sandbox,
  modelPrices,
}: Pick<Config, "sandbox" | "modelPrices">): JobProvisions => ({
  sandbox: { egress: sandbox.egress, hosts: [...sandbox.hosts] },
  ...(modelPrices === null ? {} : { prices: modelPrices }),
});

export const randomSecret = (): string => randomBytes(32).toString("base64url");
