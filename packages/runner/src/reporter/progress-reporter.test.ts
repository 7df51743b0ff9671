import { setTimeout as wait } from "node:timers/promises";
import type { Progress, StepReport } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import type { ProgressAnswer } from "./orchestrator-client.ts";
import { createProgressReporter } from "./progress-reporter.ts";

const timings = { minInterval: 10, activityInterval: 10, heartbeat: 10_000 };

const step = (index: number, status: StepReport["status"] = "running"): StepReport => ({
  index,
  name: `step ${index}`,
  status,
  startedAt: "2026-01-01T00:00:00.000Z",
});

const start = (answer: (sent: number) => Promise<ProgressAnswer> | ProgressAnswer) => {
  const sent: Omit<Progress, "instance">[] = [];
  const stops: string[] = [];
  const reporter = createProgressReporter({
    timings,
    send: async (update) => {
      sent.push(update);
      return answer(sent.length);
    },
    onStop: (message) => stops.push(message),
    log: () => undefined,
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await wait(5);
  };
  return { reporter, sent, stops, until };
};

const heard: ProgressAnswer = { kind: "heard" };

describe("progress reports (§10)", () => {
  it("says again with the next one what was not heard, in its newest form", async () => {
    const { reporter, sent, until } = start((count) =>
      count === 1 ? { kind: "unreachable", message: "HTTP 503" } : heard,
    );
    reporter.stepChanged(step(0));
    reporter.stepChanged(step(1));
    await until(() => sent.length === 1);
    reporter.stepChanged(step(0, "succeeded"));
    await until(() => sent.length === 2);
    await reporter.close();
    expect(sent[1]?.steps.map(({ index, status }) => [index, status]).sort()).toEqual([
      [0, "succeeded"],
      [1, "running"],
    ]);
  });

  it("has at most one under way, and puts together what changes meanwhile", async () => {
    let release = (_: ProgressAnswer): void => undefined;
    const { reporter, sent, until } = start((count) =>
      count === 1 ? new Promise((resolve) => (release = resolve)) : heard,
    );
    reporter.stepChanged(step(0));
    await until(() => sent.length === 1);
    for (let index = 1; index <= 5; index += 1) reporter.stepChanged(step(index));
    await wait(60);
    expect(sent).toHaveLength(1);
    release(heard);
    await until(() => sent.length === 2);
    await reporter.close();
    expect(sent[1]?.steps).toHaveLength(5);
  });

  it("never sends more steps at once than the wire takes, and loses none", async () => {
    const { reporter, sent, until } = start(() => heard);
    for (let index = 0; index < 120; index += 1) reporter.stepChanged(step(index));
    await until(() => sent.flatMap(({ steps }) => steps).length === 120);
    await reporter.close();
    expect(sent.map(({ steps }) => steps.length)).toEqual([50, 50, 20]);
  });

  it("ends with the first stop, and sends nothing after it", async () => {
    const { reporter, sent, stops, until } = start(() => ({ kind: "stop", message: "closed" }));
    reporter.stepChanged(step(0));
    await until(() => stops.length === 1);
    reporter.stepChanged(step(1));
    await wait(40);
    await reporter.close();
    expect([sent.length, stops]).toEqual([1, ["closed"]]);
  });
});
