import { afterEach, describe, expect, it, vi } from "vitest";
import { aComment, admissionOf, changeOf, ended } from "../adapters/store/contract/builders.ts";
import { useStore } from "../adapters/store/contract/test-database.ts";
import { makeTemporaryDatabase } from "../adapters/store/sqlite/testing/temporary-database.ts";
import { hours, minutes } from "../core/time.ts";
import { createHousekeeping } from "./housekeeping.ts";
import { createRecordingLogger } from "./testing/recording-logger.ts";
import { createStillAlarm, settle } from "./testing/still-alarm.ts";
import { createWorldExecutor } from "./testing/world-executor.ts";

describe("housekeeping (§9)", () => {
  const database = useStore(makeTemporaryDatabase);
  afterEach(() => void vi.useRealTimers());

  const startHousekeeping = (sweep?: () => Promise<readonly string[]>) => {
    let woken = 0;
    const alarm = createStillAlarm();
    const logger = createRecordingLogger();
    const executor = { ...createWorldExecutor(), ...(sweep === undefined ? {} : { sweep }) };
    const loop = createHousekeeping({
      store: database.store,
      adapters: { trackers: new Map(), forges: new Map(), executors: new Map([["process", executor]]) },
      clock: { now: () => database.now },
      logger,
      alarm,
      onEffects: () => {
        woken += 1;
      },
    });
    const running = loop.run();
    const pass = async (ms: number) => {
      database.now += ms;
      alarm.wake();
      await settle();
    };
    return { logger, loop, running, pass, wakes: () => woken };
  };
  const errors = ({ lines }: ReturnType<typeof createRecordingLogger>) =>
    lines.filter(({ level }) => level === "error");

  it("raises one alert for an effect that is undelivered for ten minutes", async () => {
    const effect = aComment("one");
    await database.store.commit({ effects: [effect] });
    const { logger, pass } = startHousekeeping();
    await pass(minutes(10));
    expect(errors(logger)).toEqual([]);
    for (let rounds = 0; rounds < 3; rounds += 1) await pass(minutes(1));
    expect(errors(logger)).toMatchObject([
      { message: "effect undelivered for 10 minutes", fields: { effect: effect.key } },
    ]);
  });

  it("tells the ticket once why nothing happens to it, after ten minutes that failed (§6, promise 3)", async () => {
    const { store } = database;
    const waiting = admissionOf({ n: 1 });
    const untried = admissionOf({ n: 2 });
    const over = admissionOf({ n: 3 });
    for (const admission of [waiting, untried, over]) await store.commit(changeOf(admission));
    const effects = await store.effects.take(database.now, database.now, 10, ["executor:process"]);
    for (const { id, runId } of effects)
      if (runId !== untried.run.id) await store.effects.postpone(id, 0, "The App is not installed.", false);
    await store.commit({ runs: [{ value: ended(over.run), version: 1 }] });
    const { pass, wakes } = startHousekeeping();
    const comments = async () =>
      (await store.effects.overdue(Number.MAX_SAFE_INTEGER, 100)).flatMap(({ runId, effect }) =>
        effect.kind === "post-comment" ? [{ runId, body: effect.body }] : [],
      );
    await pass(minutes(10));
    expect(await comments()).toEqual([]);
    for (let rounds = 0; rounds < 3; rounds += 1) await pass(minutes(1));
    expect(await comments()).toEqual([
      { runId: waiting.run.id, body: expect.stringContaining("> The App is not installed.") as unknown },
    ]);
    expect(wakes()).toBeGreaterThan(0);
  });

  it("lets an executor remove old files at start and once a day", async () => {
    let sweeps = 0;
    const { logger, pass } = startHousekeeping(async () => {
      sweeps += 1;
      return ["an old attempt"];
    });
    await settle();
    expect(sweeps).toBe(1);
    expect(logger.lines).toMatchObject([{ level: "info", fields: { executor: "process", attempts: 1 } }]);
    await pass(hours(24) - 1);
    expect(sweeps).toBe(1);
    await pass(1);
    expect(sweeps).toBe(2);
  });

  it("forgets deliveries of webhooks after 25 hours, and none before (§7.2)", async () => {
    const remember = () => database.store.rememberDelivery("jira", "one", database.now);
    await remember();
    const { pass } = startHousekeeping();
    await pass(hours(25));
    expect(await remember()).toBe(false);
    await pass(1);
    expect(await remember()).toBe(true);
  });

  it("tries again in the next round when it failed, and alerts all the same", async () => {
    await database.store.commit({ effects: [aComment("one")] });
    let sweeps = 0;
    const { logger, pass } = startHousekeeping(async () => {
      sweeps += 1;
      throw new Error("permission denied");
    });
    await pass(minutes(11));
    expect(sweeps).toBe(2);
    expect(errors(logger).map(({ message }) => message)).toContain("effect undelivered for 10 minutes");
    expect(errors(logger)[0]).toMatchObject({ fields: { error: "permission denied" } });
  });

  it("is not held up for ever by an executor that hangs", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { logger } = startHousekeeping(() => new Promise(() => undefined));
    await settle();
    await vi.advanceTimersByTimeAsync(minutes(5));
    expect(errors(logger)).toMatchObject([
      { fields: { error: expect.stringContaining("did not answer") as string } },
    ]);
  });

  it("ends when it is stopped", async () => {
    const { loop, running } = startHousekeeping();
    loop.stop();
    await running;
  });
});
