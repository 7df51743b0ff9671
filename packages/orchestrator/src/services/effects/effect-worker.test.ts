import { describe, expect, it } from "vitest";
import { useStore } from "../../adapters/store/contract/test-database.ts";
import { makeTemporaryDatabase } from "../../adapters/store/sqlite/testing/temporary-database.ts";
import { dispatchAttempt, type EffectIntent, postComment, setStage } from "../../core/runs/effects.ts";
import { aRun, aRunId, aTicket, aTime } from "../../core/testing/builders.ts";
import { hours, minutes, seconds } from "../../core/time.ts";
import { DeliveryError, permanent } from "../../ports/delivery-error.ts";
import type { EffectRecord } from "../../ports/store.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createStillAlarm, settle } from "../testing/still-alarm.ts";
import { createEffectWorker, type Deliver } from "./effect-worker.ts";

const runOf = (n: number) => aRun({ id: aRunId(n), ticket: aTicket({ identifier: `ACME-${n}` }) });
const comment = (n: number, topic: string): EffectIntent => postComment(runOf(n), topic, `About ${topic}.`);
const timeoutMs = seconds(60);

describe("the effect worker (§9)", () => {
  const database = useStore(makeTemporaryDatabase);

  /** `deliver` does the work; that it is delivered is recorded here, as every handler does by itself. */
  const startWorker = (deliver: Deliver, limits: { each?: number; timeoutMs?: number } = {}) => {
    const { each = 32, ...rest } = limits;
    const begun: string[] = [];
    const refused: string[] = [];
    const logger = createRecordingLogger();
    const alarm = createStillAlarm();
    const worker = createEffectWorker({
      queue: database.store.effects,
      clock: { now: () => database.now },
      logger,
      alarm,
      async deliver(record) {
        begun.push(record.key);
        await deliver(record);
        await database.store.commit({ deliveredEffects: [{ id: record.id, at: database.now }] });
      },
      refused: async ({ key }, message) => void refused.push(`${key}: ${message}`),
      placesOf: () => each,
      timeoutMs,
      ...rest,
    });
    const running = worker.run();
    return {
      begun,
      refused,
      logger,
      alarm,
      async pass(ms: number) {
        database.now += ms;
        alarm.wake();
        await settle();
      },
      async stop() {
        worker.stop();
        await running;
      },
    };
  };
  const record = (...effects: EffectIntent[]) => database.store.commit({ effects });
  const done: Deliver = async () => undefined;
  const never = new Promise<never>(() => undefined);
  const undelivered = async () =>
    (await database.store.effects.overdue(database.now + 1, 100)).map(({ key }) => key);

  it("delivers what was recorded, in order per ticket and receiver", async () => {
    const intents = [comment(1, "one"), comment(1, "two"), comment(1, "three")];
    await record(...intents);
    const { begun } = startWorker(done);
    await settle();
    expect(begun).toEqual(intents.map(({ key }) => key));
    expect(await undelivered()).toEqual([]);
  });

  it("begins nothing in a lane while what is before it is under way", async () => {
    await record(comment(1, "one"), comment(1, "two"), comment(2, "one"));
    const { begun } = startWorker((effect) => (effect.key === comment(1, "one").key ? never : done(effect)));
    await settle();
    expect(begun).toEqual([comment(1, "one").key, comment(2, "one").key]);
  });

  it("is not held up at the executor by a tracker that hangs, however many tickets wait for it", async () => {
    const stages = Array.from({ length: 10 }, (_, n) => setStage(runOf(n), "planning"));
    const dispatch = dispatchAttempt(runOf(99));
    await record(...stages, dispatch);
    const { begun } = startWorker(
      ({ receiver }) => (receiver === "tracker:linear" ? never : Promise.resolve()),
      {
        each: 2,
      },
    );
    await settle();
    expect(new Set(begun)).toEqual(new Set([stages[0]?.key, stages[1]?.key, dispatch.key]));
    expect(begun).toHaveLength(3);
  });

  it("is not held up at one tracker by another that hangs (§9: no vendor may stall another)", async () => {
    const jira = (n: number) =>
      setStage({ ...runOf(n), ticket: aTicket({ identifier: `OPS-${n}`, tracker: "jira" }) }, "planning");
    const inLinear = setStage(runOf(99), "planning");
    await record(...Array.from({ length: 5 }, (_, n) => jira(n)), inLinear);
    const { begun } = startWorker(
      ({ receiver }) => (receiver === "tracker:jira" ? never : Promise.resolve()),
      {
        each: 2,
      },
    );
    await settle();
    expect(begun).toContain(inLinear.key);
    expect(begun).toHaveLength(3);
  });

  it("keeps no more deliveries of one receiver under way than it is allowed, and goes on as they end", async () => {
    await record(...Array.from({ length: 5 }, (_, n) => comment(n, "one")));
    const ends: (() => void)[] = [];
    const { begun } = startWorker(() => new Promise((resolve) => ends.push(resolve)), { each: 2 });
    await settle();
    expect(begun).toHaveLength(2);
    ends.shift()?.();
    await settle();
    expect(begun).toHaveLength(3);
  });

  it("tries a transient error again, later each time, and never sooner than half the doubled wait", async () => {
    await record(comment(1, "one"));
    const { begun, pass } = startWorker(async () => {
      throw new DeliveryError("503", { retryable: true });
    });
    await settle();
    for (const [tries, wait] of [1, 2, 4, 8].entries()) {
      await pass(seconds(wait) / 2 - 1);
      expect(begun).toHaveLength(tries + 1);
      await pass(seconds(wait) / 2 + 1);
      expect(begun).toHaveLength(tries + 2);
    }
  });

  it("waits no longer than five minutes between tries", async () => {
    await record(comment(1, "one"));
    const { begun, pass } = startWorker(async () => {
      throw new Error("socket hang up");
    });
    for (let tries = 1; tries < 20; tries += 1) await pass(minutes(5));
    expect(begun.length).toBeGreaterThan(18);
  });

  it("obeys Retry-After when it is longer than its own wait", async () => {
    await record(comment(1, "one"), comment(1, "two"));
    let isLimited = true;
    const { begun, pass } = startWorker(async () => {
      if (isLimited) throw new DeliveryError("429", { retryable: true, retryAfterMs: minutes(7) });
    });
    await settle();
    isLimited = false;
    await pass(minutes(7) - 1);
    expect(begun).toHaveLength(1);
    await pass(seconds(1));
    expect(begun).toHaveLength(3);
  });

  it("waits no longer after the twentieth rate limit than after the first: a wish is no failure", async () => {
    await record(comment(1, "one"));
    const { begun, pass } = startWorker(async () => {
      if (begun.length <= 20)
        throw new DeliveryError("429", { retryable: true, retryAfterMs: 400, nothingDone: true });
      throw new Error("reset");
    });
    await settle();
    for (let tries = 1; tries < 20; tries += 1) await pass(500);
    expect(begun).toHaveLength(20);
    // Nor does what fails afterwards for the first time wait as if it were the twenty-first.
    await pass(500);
    await pass(seconds(1));
    expect(begun).toHaveLength(22);
  });

  it("refuses a permanent error at once, gives the effect up, and goes on in its lane", async () => {
    await record(comment(1, "one"), comment(1, "two"));
    const { begun, refused, pass } = startWorker(async ({ key }) => {
      if (key === comment(1, "one").key) throw permanent("404: the ticket is gone");
    });
    await settle();
    await pass(hours(1));
    expect(refused).toEqual([`${comment(1, "one").key}: 404: the ticket is gone`]);
    expect(begun).toEqual([comment(1, "one").key, comment(1, "two").key]);
    expect(await undelivered()).toEqual([]);
  });

  it("ends a delivery that hangs by its time limit and tries it again, with its attempts counted", async () => {
    await record(comment(1, "one"));
    const attempts: number[] = [];
    const worker = startWorker(
      async (effect: EffectRecord) => {
        attempts.push(effect.attempts);
        if (effect.attempts === 1) await never;
      },
      { timeoutMs: 5 },
    );
    await expect.poll(() => worker.logger.lines.map(({ level }) => level)).toContain("warn");
    await worker.pass(seconds(2));
    expect(attempts).toEqual([1, 2]);
    expect(await undelivered()).toEqual([]);
  });

  it("holds what is under way against every other taker, for longer than it may take", async () => {
    await record(comment(1, "one"));
    startWorker(() => never);
    await settle();
    database.now += timeoutMs;
    expect(await database.store.effects.take(database.now, database.now + 1, 10)).toEqual([]);
  });

  it("takes over what a dead process held, and the handler is told that it is not the first", async () => {
    await record(comment(1, "one"));
    await database.store.effects.take(aTime, aTime + hours(1), 10);
    await database.reopen();
    await database.store.effects.releaseAll();
    const attempts: number[] = [];
    startWorker(async (effect) => void attempts.push(effect.attempts));
    await settle();
    expect(attempts).toEqual([2]);
  });

  it("sleeps until the next one is due, and at once looks again when it is woken", async () => {
    const { begun, alarm } = startWorker(done);
    await settle();
    expect(alarm.wished).toBe(minutes(1));
    await record(comment(1, "one"));
    alarm.wake();
    await settle();
    expect(begun).toEqual([comment(1, "one").key]);
  });

  it("outlives a store that cannot be read", async () => {
    const queue = database.store.effects;
    let isBroken = true;
    const alarm = createStillAlarm();
    const begun: string[] = [];
    const worker = createEffectWorker({
      queue: {
        ...queue,
        take: (...given) => (isBroken ? Promise.reject(new Error("disk I/O error")) : queue.take(...given)),
      },
      clock: { now: () => database.now },
      logger: createRecordingLogger(),
      alarm,
      deliver: async ({ key }) => void begun.push(key),
      refused: async () => undefined,
      placesOf: () => 1,
      timeoutMs,
    });
    await record(comment(1, "one"));
    void worker.run();
    await settle();
    isBroken = false;
    alarm.wake();
    await settle();
    expect(begun).toEqual([comment(1, "one").key]);
  });

  it("takes nothing more once it is stopped, and finishes what is under way", async () => {
    await record(comment(1, "one"), comment(1, "two"));
    const ends: (() => void)[] = [];
    const { begun, stop } = startWorker(() => new Promise((resolve) => ends.push(resolve)));
    await settle();
    let isOver = false;
    const stopped = stop().then(() => {
      isOver = true;
    });
    await settle();
    expect(isOver).toBe(false);
    ends[0]?.();
    await stopped;
    expect(begun).toEqual([comment(1, "one").key]);
    expect(await undelivered()).toEqual([comment(1, "two").key]);
  });
});
