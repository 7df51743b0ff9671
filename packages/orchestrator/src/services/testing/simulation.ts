import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { openSqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import type { TicketId } from "../../core/ticket.ts";
import { seconds } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";
import { createRunners, type RunnerDeath, type Runners } from "./actors.ts";
import { Crash, type CrashGate, createCrashGate, type MortalProcess } from "./crash-gate.ts";
import { createRecordingLogger, type RecordingLogger } from "./recording-logger.ts";
import { createTestServices, type TestServices } from "./services.ts";
import { createStillAlarm, settle } from "./still-alarm.ts";
import { verdict } from "./verdict.ts";
import { adaptersOf, createIds, createWorld, type World } from "./world.ts";

/** Marked tickets that become merged changes; the second is blocked by the first. */
export interface Story {
  readonly tickets: 1 | 2;
  /** The crash points at which our process dies, counted over all of its lives. */
  readonly crashAt?: readonly number[];
  readonly runnerDies?: RunnerDeath;
  /** The poll and the runners act at the same time instead of in turn. */
  readonly allAtOnce?: boolean;
  /** Between all that happens webhooks name some of the tickets, or none: this seed says which. */
  readonly webhooks?: number;
}

export interface Ending {
  /** How many crash points the story had. */
  readonly points: number;
  readonly crashes: readonly string[];
  /** What broke promise 1 (§1): empty when nothing did. */
  readonly problems: readonly string[];
}

export interface Theatre {
  /** Plays the story from its beginning, on a database file of its own, whatever dies on the way. */
  play(story: Story): Promise<Ending>;
}

/** Longer than an executor may not list an attempt, shorter than a heartbeat may stay away. */
const tickMs = seconds(20);
const maxTicks = 60;
/** Longer than any story takes: it ends once nothing more is to be done. */
const maxNews = 200;
/** After the end, for anything that is done once too often. */
const encore = 1;

/** Plays stories in `folder`, which has to be empty and stays the caller's to remove. */
export const openTheatre = async (folder: string): Promise<Theatre> => {
  const template = join(folder, "template.sqlite");
  const { store } = await openSqliteStore({ path: template, clock: createWorld().clock });
  await store.createProject(aProject());
  await store.close();
  let performances = 0;
  return {
    async play(story) {
      performances += 1;
      const path = join(folder, `${performances}.sqlite`);
      await copyFile(template, path);
      const ending = await perform(setStage(path, story), story);
      await rm(path);
      return ending;
    },
  };
};

/** One life of our process: its services, on its own handle of the database. */
interface Life {
  readonly process: MortalProcess;
  readonly store: Store;
  readonly services: TestServices;
  readonly logger: RecordingLogger;
}

interface Stage {
  readonly path: string;
  readonly world: World;
  readonly gate: CrashGate;
  readonly runners: Runners;
  readonly complaints: string[];
  /** What webhooks name from now on, one after the other. */
  readonly news: (readonly TicketId[])[];
  lives: number;
  life: Life | null;
}

const setStage = (path: string, { tickets, crashAt, runnerDies, webhooks }: Story): Stage => {
  const world = createWorld();
  const first = aTicket({ identifier: "ACME-1", title: "Say hello" });
  world.tracker.add(first);
  if (tickets === 2) world.tracker.add(aTicket({ identifier: "ACME-2", title: "Say goodbye" }), [first.id]);
  const runners = createRunners(world.forge, runnerDies ?? null);
  const gate = createCrashGate(crashAt ?? []);
  const ids = world.tracker.tickets().map(({ id }) => id);
  const news =
    webhooks === undefined ? [] : fc.sample(fc.subarray(ids), { seed: webhooks, numRuns: maxNews });
  return { path, world, gate, runners, complaints: [], news, lives: 0, life: null };
};

const perform = async (stage: Stage, story: Story): Promise<Ending> => {
  const { world, gate, runners, complaints } = stage;
  let left = encore;
  for (let tick = 0; tick < maxTicks && left > 0; tick += 1) {
    const crashes = gate.crashes.length;
    await playTick(stage, story.allAtOnce ?? false);
    const isOver = world.tracker.tickets().every(({ lifecycle }) => lifecycle === "completed");
    left = isOver && gate.crashes.length === crashes ? left - 1 : encore;
  }
  const { life } = stage;
  if (life === null) return { ...gate, problems: ["our process did not live to see the end"] };
  const problems = await verdict(life.store, world, runners, story.runnerDies ?? null);
  await bury(stage, life);
  return { points: gate.points, crashes: gate.crashes, problems: [...problems, ...complaints] };
};

/** A poll, a turn of every runner and of the person. Who is dead misses what is left of the turn. */
const playTick = async (stage: Stage, allAtOnce: boolean): Promise<void> => {
  const { world, runners } = stage;
  stage.life ??= await boot(stage);
  const poll = (life: Life | null) => life?.services.poll.cycle();
  const turns = [...world.executor.machines].map((machine) => async (life: Life | null) => {
    for (let step = 0; step < 2 && !machine.exited; step += 1)
      await runners.step(machine, life?.services.runnerGateway ?? null);
  });
  const acts = allAtOnce
    ? [(life: Life | null) => Promise.all([poll, ...turns].map(async (turn) => turn(life)))]
    : [poll, ...turns];
  for (const each of acts) {
    await hearNews(stage);
    await act(stage, each);
  }
  for (const { number, state } of world.forge.pullRequests)
    if (state === "open") world.forge.end(number, "merged");
  world.clock.pass(tickMs);
};

const hearNews = async (stage: Stage): Promise<void> => {
  const named = stage.news.shift() ?? [];
  if (named.length > 0) await act(stage, (life) => life?.services.poll.cycle(named));
};

/** Does it, waits until all that follows from it is over, and buries the process if it died meanwhile. */
const act = async (
  stage: Stage,
  work: (life: Life | null) => Promise<unknown> | undefined,
): Promise<void> => {
  const { life } = stage;
  try {
    await work(life);
  } catch (error) {
    if (!(error instanceof Crash)) stage.complaints.push(`threw: ${String(error)}`);
  }
  await settle();
  if (life?.process.dead === true) await bury(stage, life);
};

/** A new process on what the last one left. Null: it died on its way up. */
const boot = async (stage: Stage): Promise<Life | null> => {
  const { world, gate } = stage;
  const process = gate.begin();
  stage.lives += 1;
  const { store } = await openSqliteStore({ path: stage.path, clock: world.clock });
  const adapters = adaptersOf({
    tracker: process.wrap("tracker", world.tracker),
    forge: process.wrap("forge", world.forge),
    executor: process.wrap("executor", world.executor),
  });
  const logger = createRecordingLogger();
  try {
    const services = await createTestServices({
      store: process.wrap("store", store),
      adapters,
      clock: world.clock,
      newId: createIds(stage.lives),
      logger,
      pollAlarm: createStillAlarm(),
      effectAlarm: createStillAlarm(),
    });
    await services.engine.start();
    return { process, store, services, logger };
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    await store.close();
    return null;
  }
};

/** Nothing of it is left but what it wrote. A process that lives has nothing to say at the level "error". */
const bury = async (stage: Stage, { process, store, logger }: Life): Promise<void> => {
  if (!process.dead)
    for (const { level, message, fields } of logger.lines)
      if (level === "error") stage.complaints.push(`logged: ${message} ${JSON.stringify(fields)}`);
  await store.close();
  stage.life = null;
};
