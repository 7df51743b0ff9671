import { afterEach, describe, expect, it, vi } from "vitest";
import { admissionOf, changeOf } from "../adapters/store/contract/builders.ts";
import { useStore } from "../adapters/store/contract/test-database.ts";
import { makeTemporaryDatabase } from "../adapters/store/sqlite/testing/temporary-database.ts";
import { hours, minutes, seconds } from "../core/time.ts";
import { createAlarm } from "./alarm.ts";
import { createEffectWorker } from "./effects/effect-worker.ts";
import { createEngine, type Loop } from "./engine.ts";
import { createPollLoop } from "./poll/poll-loop.ts";
import { createRecordingLogger } from "./testing/recording-logger.ts";
import { settle } from "./testing/still-alarm.ts";

const never = new Promise<never>(() => undefined);
const status = () => ({ lastPollAt: null, failingTrackers: new Map(), ticketProblems: [] });

describe("starting and stopping (§15)", () => {
  const database = useStore(makeTemporaryDatabase);
  afterEach(() => void vi.useRealTimers());

  const engineOf = (deliver: () => Promise<void>, cycle: () => Promise<void>) => {
    const logger = createRecordingLogger();
    const worker = createEffectWorker({
      queue: database.store.effects,
      clock: { now: () => database.now },
      logger,
      alarm: createAlarm(),
      deliver,
      refused: async () => undefined,
      placesOf: () => 1,
      timeoutMs: minutes(1),
    });
    const pollLoop = createPollLoop({ cycle, status }, createAlarm(), minutes(1), logger);
    return { logger, engine: createEngine({ store: database.store, loops: [worker, pollLoop], logger }) };
  };
  const endsWithin = async (stopping: Promise<void>, ms: number) => {
    let isOver = false;
    void stopping.then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(ms);
    return isOver;
  };

  it("takes over what a dead process held, and says that it adopts its live runs", async () => {
    await database.store.commit(changeOf(admissionOf()));
    await database.store.effects.take(database.now, database.now + hours(1), 10);
    let deliveries = 0;
    const { engine, logger } = engineOf(
      async () => {
        deliveries += 1;
        await never;
      },
      () => never,
    );
    await engine.start();
    await settle();
    expect(deliveries).toBe(2);
    expect(logger.lines).toContainEqual({
      level: "info",
      message: "live runs of an earlier process are adopted",
      fields: { runs: 1 },
    });
  });

  it("ends at once when nothing is under way", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { engine } = engineOf(
      async () => undefined,
      async () => undefined,
    );
    await engine.start();
    await settle();
    expect(await endsWithin(engine.stop(), 100)).toBe(true);
    expect(await endsWithin(engine.stop(), 0)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends within 8 s with a delivery and a poll that hang; the delivery is made after the next start", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await database.store.commit(changeOf(admissionOf()));
    const { engine } = engineOf(
      () => never,
      () => never,
    );
    await engine.start();
    await settle();
    const stopping = engine.stop();
    expect(await endsWithin(stopping, seconds(8) - 1)).toBe(false);
    expect(await endsWithin(stopping, 1)).toBe(true);
    await database.reopen();
    let deliveries = 0;
    const next = engineOf(
      async () => {
        deliveries += 1;
        await never;
      },
      () => never,
    );
    await next.engine.start();
    await settle();
    expect(deliveries).toBe(2);
  });

  it("waits for what is under way as long as it may", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ended: string[] = [];
    const slow: Loop = {
      run: () =>
        new Promise((resolve) =>
          setTimeout(() => {
            ended.push("slow");
            resolve();
          }, seconds(5)),
        ),
      stop: () => void ended.push("told"),
    };
    const engine = createEngine({ store: database.store, loops: [slow], logger: createRecordingLogger() });
    await engine.start();
    expect(await endsWithin(engine.stop(), seconds(5))).toBe(true);
    expect(ended).toEqual(["told", "slow"]);
  });

  it("can be stopped before it was started", async () => {
    const { engine } = engineOf(
      () => never,
      () => never,
    );
    await engine.stop();
  });
});
