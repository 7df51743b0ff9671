import type { FastifyInstance } from "fastify";
import { uuidv7 } from "uuidv7";
import { openSqliteStore } from "./adapters/store/sqlite/sqlite-store.ts";
import { readTemplates, templatesDirectory } from "./adapters/templates/read-templates.ts";
import type { Config } from "./config.ts";
import { defaultReconcilePolicy } from "./core/reconcile/reconcile-run.ts";
import {
  agentSettings,
  clock,
  createAdapters,
  databasePath,
  dispatchPolicy,
  jobProvisions,
  randomSecret,
  refuseForcedMode,
  startWarnings,
  trackerWebhooks as trackerWebhookReaders,
} from "./from-config.ts";
import { createGithubIdentities, createGithubWebhookReader } from "./github-from-config.ts";
import { createApp } from "./http/app.ts";
import type { Logger } from "./ports/logger.ts";
import type { Store } from "./ports/store.ts";
import type { Adapters } from "./services/adapters.ts";
import { createAlarm } from "./services/alarm.ts";
import { createServices, lookKey } from "./services/create-services.ts";
import { operatorCustomization } from "./services/customization/folders.ts";
import { effectGatherMs } from "./services/effects/effect-worker.ts";
import { createEngine } from "./services/engine.ts";
import { createHealth } from "./services/health.ts";
import { createHousekeeping } from "./services/housekeeping.ts";
import type { OperatorService } from "./services/operator/operator-service.ts";
import type { ProjectService } from "./services/operator/project-service.ts";
import { createNamedLooks } from "./services/poll/named/looks.ts";
import { createPollLoop } from "./services/poll/poll-loop.ts";
import { createPullStandings } from "./services/repository/pull-standings.ts";
import { createRepositoryFiles } from "./services/repository/repository-files.ts";
import { createRepositoryStatuses } from "./services/repository/repository-status.ts";
import { createTemplateSync } from "./services/templates/template-sync.ts";
import { createForgeWebhooks } from "./services/webhooks/forge-webhooks.ts";
import { createTrackerWebhooks } from "./services/webhooks/tracker-webhooks.ts";

declare const __AI_IMPLEMENT_VERSION__: string | undefined;

export const version =
  typeof __AI_IMPLEMENT_VERSION__ === "undefined" ? "0.0.0-development" : __AI_IMPLEMENT_VERSION__;

export interface Orchestrator {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
  readonly adapters: Adapters;
  /** Begins to poll and deliver. `url` is where a runner on this machine reaches `app`. */
  start(url: string): Promise<void>;
  /** Ends polling and delivering within 8 s; the API still answers. Runners go on and are adopted by the next start. */
  stop(): Promise<void>;
  /** Stops, and closes everything within 10 s, in the reverse order of the opening. */
  close(): Promise<void>;
}

export interface ComposeOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Every configured secret, as the environment has it. */
  readonly secrets?: readonly string[];
  /** `PATH` for the runners that are started on this machine. */
  readonly path: string;
}

/** A burst of webhooks or of ended runs must not become a burst of requests to the trackers. */
const pollGatherMs = 50;

/** Once we close. */
const requestsEndWithinMs = 1_000;

/** All wiring, read top to bottom. Nothing listens, polls or delivers until `start`. */
export const compose = async ({
  config,
  logger,
  path,
  secrets = [],
}: ComposeOptions): Promise<Orchestrator> => {
  refuseForcedMode(config);
  for (const warning of startWarnings(config)) logger.warn({}, warning);
  const { customization, pipelines } = await operatorCustomization(config.customDirectory);
  const { store, localPullRequests } = await openSqliteStore({ path: databasePath(config), clock });
  const adapters = await createAdapters(config, localPullRequests, { path, logger });

  let url = config.runs.callback?.baseUrl ?? "";
  const pollAlarm = createAlarm(pollGatherMs);
  const effectAlarm = createAlarm(effectGatherMs);
  const namedLooks = createNamedLooks();
  const repositoryFiles = createRepositoryFiles({
    adapters,
    clock,
    logger,
    sessionImage: config.runs.sessionImage,
  });
  const templateSync = createTemplateSync({
    store,
    adapters,
    templates: () => readTemplates(templatesDirectory()),
    logger,
  });
  const services = createServices({
    store,
    adapters,
    clock,
    newId: uuidv7,
    logger,
    secrets,
    policy: dispatchPolicy(config),
    reconcilePolicy: defaultReconcilePolicy,
    agent: agentSettings(config),
    provisions: {
      ...jobProvisions(config),
      ...(customization === null ? {} : { custom: customization }),
    },
    tokenSecret:
      config.runs.callback?.tokenSecret ?? (await store.setting("runner-token-secret", randomSecret)),
    orchestratorUrl: () => url,
    identities: await createGithubIdentities(config, clock),
    imageFor: repositoryFiles.imageFor,
    syncTemplates: templateSync.deliver,
    onFeedback: (ticketId, readyAt) => {
      setTimeout(() => namedLooks.want([ticketId], "mark"), Math.max(readyAt - clock.now(), 0)).unref();
    },
    pollAlarm,
    effectAlarm,
  });
  const { poll, watchList, effectWorker, runnerGateway, projects, operator } = services;
  const { pullRequestLooks, runLooks, gapFill } = services;
  const forgeWebhooks = createForgeWebhooks({
    store,
    reader: await createGithubWebhookReader(config),
    onPullRequest: (known) => pullRequestLooks.soon(lookKey(known), known),
    onRun: (run) => runLooks.soon(run.id, run),
    onAccess: adapters.accessChanged,
    clock,
    logger,
  });
  const trackerWebhooks = createTrackerWebhooks({
    store,
    readers: trackerWebhookReaders(config),
    watchList,
    onNews: namedLooks.want,
    clock,
    logger,
  });
  const pollLoop = createPollLoop(poll, pollAlarm, config.service.pollIntervalMs, logger, namedLooks);
  const housekeeping = createHousekeeping({
    store,
    adapters,
    clock,
    logger,
    alarm: createAlarm(),
    onEffects: effectAlarm.wake,
  });
  const engine = createEngine({ store, loops: [effectWorker, pollLoop, housekeeping], logger });

  const app = await createApp({
    store,
    clock,
    runnerGateway,
    receipts: services.receipts,
    trackerWebhooks,
    forgeWebhooks,
    gapFill,
    gapFillSecret: config.github.gapFillTriggerSecret,
    projects,
    operator,
    templateSync,
    repositoryStatuses: createRepositoryStatuses({ store, templateSync, repositoryFiles }),
    pullStandings: createPullStandings({ store, adapters }),
    pipelines,
    jiraDirectory: adapters.jiraDirectory,
    health: createHealth(store, poll.status, clock, config.service.pollIntervalMs),
    accessCode: config.service.adminAccessCode,
    version,
    logger,
    startedAt: clock.now(),
  });

  const stop = async (): Promise<void> => {
    // Before the poll: whoever comes next looks at what arrives from now on.
    trackerWebhooks.stop();
    forgeWebhooks.stop();
    pullRequestLooks.stop();
    runLooks.stop();
    await engine.stop();
  };

  return {
    app,
    store,
    projects,
    operator,
    adapters,
    async start(localUrl) {
      if (url === "") url = localUrl;
      await engine.start();
    },
    stop,
    async close() {
      await stop();
      // A request that is under way gets its answer, and one that never ends holds nobody up.
      const hurry = setTimeout(() => app.server.closeAllConnections(), requestsEndWithinMs);
      await app.close();
      clearTimeout(hurry);
      await store.close();
    },
  };
};
