import type { RunReport } from "@ai-implement/contracts";
import { afterEach, beforeEach } from "vitest";
import {
  makeTemporaryDatabase,
  type TemporaryDatabase,
} from "../../adapters/store/sqlite/testing/temporary-database.ts";
import type { Project } from "../../core/project.ts";
import type { Phase, Run } from "../../core/run.ts";
import { aProject } from "../../core/testing/builders.ts";
import { anImplementedReport, aPlannedReport } from "../../core/testing/reports.ts";
import type { Store } from "../../ports/store.ts";
import { createRecordingLogger, type RecordingLogger } from "./recording-logger.ts";
import { createTestServices, type TestServices } from "./services.ts";
import { createStillAlarm, type StillAlarm, settle } from "./still-alarm.ts";
import { adaptersOf, createIds, createWorld, type World } from "./world.ts";

export const instanceOf = (n: number): string => `6f0d6f5e-2f4c-4a39-9f0c-${String(n).padStart(12, "0")}`;

/** Our process on a database of its own, and the world around it. Its effects are delivered as they come. */
export interface Scene {
  readonly world: World;
  readonly store: Store;
  readonly services: TestServices;
  readonly logger: RecordingLogger;
  readonly pollAlarm: StillAlarm;
  readonly effectAlarm: StillAlarm;
  /** One cycle, and all that follows from it. */
  poll(): Promise<void>;
  /** Time passes, and what is due by then is delivered. */
  pass(ms: number): Promise<void>;
  /** The process ends and another one takes over; the world goes on. */
  restart(): Promise<void>;
  /** Every run, oldest first. */
  runs(): Promise<readonly Run[]>;
  theRun(phase: Phase): Promise<Run>;
  claim(run: Run, instance?: string): ReturnType<TestServices["runnerGateway"]["claim"]>;
  report(
    run: Run,
    report?: RunReport,
    instance?: string,
  ): ReturnType<TestServices["runnerGateway"]["result"]>;
  /** A runner does the whole of the run. */
  work(run: Run): Promise<void>;
}

export interface SceneOptions {
  readonly projects?: readonly Project[];
  readonly makeWorld?: () => World;
  /** False: effects stay where they are recorded until `restart`. */
  readonly delivers?: boolean;
}

/** A scene before each test of the suite, taken down after it. */
export const useScene = (options: SceneOptions = {}): Scene => {
  const { projects = [aProject()], makeWorld = createWorld, delivers = true } = options;
  let database: TemporaryDatabase;
  let world: World;
  let process: OurProcess;
  let lives = 0;

  const start = async (isDelivering: boolean): Promise<void> => {
    lives += 1;
    process = await startProcess(database, world, lives, isDelivering);
  };
  beforeEach(async () => {
    database = await makeTemporaryDatabase();
    world = makeWorld();
    lives = 0;
    await start(delivers);
    for (const project of projects) await process.store.createProject(project);
  });
  afterEach(async () => {
    await process.store.close();
    await database.remove();
  });

  const scene: Scene = {
    get world() {
      return world;
    },
    get store() {
      return process.store;
    },
    get services() {
      return process.services;
    },
    get logger() {
      return process.logger;
    },
    get pollAlarm() {
      return process.pollAlarm;
    },
    get effectAlarm() {
      return process.effectAlarm;
    },
    async poll() {
      await process.services.poll.cycle();
      await settle();
    },
    async pass(ms) {
      world.clock.pass(ms);
      process.effectAlarm.wake();
      await settle();
    },
    async restart() {
      await process.store.close();
      await start(true);
      await settle();
    },
    async runs() {
      const { items } = await process.store.listRuns({ limit: 200 });
      const found = await Promise.all(items.map(({ run }) => process.store.findRun(run.id)));
      return found.flatMap((run) => run?.value ?? []).reverse();
    },
    async theRun(phase) {
      const found = (await scene.runs()).findLast((run) => run.phase === phase);
      if (found === undefined) throw new Error(`There is no ${phase} run.`);
      return found;
    },
    claim: ({ id }, instance = instanceOf(1)) =>
      process.services.runnerGateway.claim(process.services.tokens.issue("claim", id), {
        runId: id,
        instance,
      }),
    async report(run, report = reportOf(run), instance = instanceOf(1)) {
      const bearer = process.services.tokens.issue("run", run.id);
      const answer = await process.services.runnerGateway.result(bearer, { instance, report, steps: [] });
      await settle();
      return answer;
    },
    async work(run) {
      await scene.claim(run);
      if (run.phase !== "plan") world.forge.push(run.branch);
      await scene.report(run);
    },
  };
  return scene;
};

const reportOf = ({ phase, branch }: Run): RunReport =>
  phase === "plan" ? aPlannedReport() : anImplementedReport({ branch });

interface OurProcess {
  readonly store: Store;
  readonly services: TestServices;
  readonly logger: RecordingLogger;
  readonly pollAlarm: StillAlarm;
  readonly effectAlarm: StillAlarm;
}

const startProcess = async (
  database: TemporaryDatabase,
  world: World,
  lives: number,
  delivers: boolean,
): Promise<OurProcess> => {
  const { store } = await database.open(world.clock);
  const logger = createRecordingLogger();
  const [pollAlarm, effectAlarm] = [createStillAlarm(), createStillAlarm()];
  const services = await createTestServices({
    store,
    adapters: adaptersOf(world),
    clock: world.clock,
    newId: createIds(lives),
    logger,
    pollAlarm,
    effectAlarm,
  });
  if (delivers) await services.engine.start();
  return { store, services, logger, pollAlarm, effectAlarm };
};
