import { join } from "node:path";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { trackerFactories } from "@ai-implement/orchestrator/adapters/tracker/registry.ts";
import type { Project } from "@ai-implement/orchestrator/core/project.ts";
import { seconds } from "@ai-implement/orchestrator/core/time.ts";
import type { Store } from "@ai-implement/orchestrator/ports/store.ts";
import type { Tracker } from "@ai-implement/orchestrator/ports/tracker.ts";
import { createAlarm } from "@ai-implement/orchestrator/services/alarm.ts";
import { effectGatherMs } from "@ai-implement/orchestrator/services/effects/effect-worker.ts";
import { createEngine } from "@ai-implement/orchestrator/services/engine.ts";
import { createRunners } from "@ai-implement/orchestrator/services/testing/actors.ts";
import { createRecordingLogger } from "@ai-implement/orchestrator/services/testing/recording-logger.ts";
import { createTestServices } from "@ai-implement/orchestrator/services/testing/services.ts";
import { createIds } from "@ai-implement/orchestrator/services/testing/world.ts";
import { createWorldExecutor } from "@ai-implement/orchestrator/services/testing/world-executor.ts";
import { createWorldForge } from "@ai-implement/orchestrator/services/testing/world-forge.ts";
import type { Vendors } from "./vendors.ts";

/** The service's own services, store and tracker adapters over two emulated vendors; sandboxes and code host are in memory. */
export interface InProcess {
  readonly store: Store;
  /** One cycle of the poll. */
  poll(): Promise<void>;
  /** One step of every runner that there is. */
  stepRunners(): Promise<void>;
  /** A person merges what is open. */
  mergeAll(): void;
  close(): Promise<void>;
}

/** Short enough that a hanging request costs a test no minute. */
const gate = {
  timeoutMs: 1_500,
  retryDelayMs: 50,
  breaker: { failures: 5, coolDownMs: 200 },
} as const;

const clock = { now: () => Date.now() };

export const startInProcess = async (
  vendors: Vendors,
  folder: string,
  projects: readonly Project[],
): Promise<InProcess> => {
  const { store } = await openSqliteStore({ path: join(folder, "service.sqlite"), clock });
  for (const project of projects) await store.createProject(project);
  const [forge, executor] = [createWorldForge(), createWorldExecutor()];
  const logger = createRecordingLogger();
  const { poll, effectWorker, runnerGateway } = await createTestServices({
    store,
    adapters: {
      trackers: await trackersOf(vendors),
      forges: new Map([[forge.kind, forge]]),
      executors: new Map([[executor.kind, executor]]),
    },
    clock,
    newId: createIds(),
    logger,
    pollAlarm: createAlarm(),
    effectAlarm: createAlarm(effectGatherMs),
    deliveryTimeoutMs: seconds(15),
  });
  const engine = createEngine({ store, loops: [effectWorker], logger });
  const runners = createRunners(forge, null);
  await engine.start();
  return {
    store,
    poll: () => poll.cycle(),
    async stepRunners() {
      for (const machine of [...executor.machines])
        if (!machine.exited) await runners.step(machine, runnerGateway);
    },
    mergeAll() {
      for (const { number, state } of forge.pullRequests) if (state === "open") forge.end(number, "merged");
    },
    async close() {
      await engine.stop();
      await store.close();
    },
  };
};

const trackersOf = async ({ settings }: Vendors): Promise<ReadonlyMap<"linear" | "jira", Tracker>> => {
  const of = (name: string): string => settings[name] ?? "";
  return new Map([
    [
      "linear" as const,
      (await trackerFactories.linear())({
        apiKey: of("LINEAR_API_KEY"),
        apiUrl: of("LINEAR_API_URL"),
        workspaceUrl: "https://linear.example",
        clock,
        gate,
      }),
    ],
    [
      "jira" as const,
      (await trackerFactories.jira())({
        token: of("JIRA_TOKEN"),
        cloudId: of("JIRA_CLOUD_ID"),
        siteUrl: of("JIRA_SITE_URL"),
        apiUrl: of("JIRA_API_URL"),
        clock,
        gate,
      }),
    ],
  ]);
};
