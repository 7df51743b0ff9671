import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTerminal, liveStates, type Phase, type Run, type RunState } from "../run.ts";
import { aRun, aTime } from "../testing/builders.ts";
import { aFailedReport, anImplementedReport, aPlannedReport } from "../testing/reports.ts";
import type { EffectIntent } from "./effects.ts";
import type { RunEvent } from "./events.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { type Transition, transition } from "./transition.ts";

const instance = fc.constantFrom("runner-1", "runner-2", "runner-3");
const message = fc.constant("It happened.");
const gapAnalysis = { implemented: [], gaps: [], manualSteps: [] };
const report = fc.constantFrom(
  aPlannedReport(),
  anImplementedReport({ gapAnalysis }),
  anImplementedReport({ review: { approved: false, iterations: 3, findings: ["…"] } }),
  anImplementedReport({ branch: "main" }),
  aFailedReport("transport"),
  aFailedReport("agent-refused"),
);
const is = <Kind extends RunEvent["kind"]>(kind: Kind) => fc.constant(kind);

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ kind: is("dispatch-started") }),
  fc.record({ kind: is("dispatched") }),
  { weight: 4, arbitrary: fc.record({ kind: is("claimed"), instance }) },
  fc.record({ kind: is("progressed"), instance }),
  {
    weight: 12,
    arbitrary: fc.record({ kind: is("reported"), instance: fc.option(instance, { freq: 2 }), report }),
  },
  fc.record({ kind: is("published"), pullRequest: fc.constant({ number: 7, url: "https://forge/7" }) }),
  fc.record({ kind: is("dispatch-refused"), message }),
  fc.record({ kind: is("publish-refused"), message }),
  fc.record({ kind: is("lost"), message }),
  fc.record({
    kind: is("timed-out"),
    limit: fc.constantFrom("silence" as const, "job-minutes" as const),
    message,
  }),
  fc.record({
    kind: is("cancelled"),
    cause: fc.constantFrom(
      "ticket-closed" as const,
      "ticket-unmarked" as const,
      "ticket-gone" as const,
      "operator" as const,
    ),
  }),
);

const aStart: fc.Arbitrary<Run> = fc
  .record({
    phase: fc.constantFrom<Phase[]>("plan", "implement", "revise"),
    tryNumber: fc.integer({ min: 1, max: 3 }),
    approve: fc.boolean(),
  })
  .map(({ phase, tryNumber, approve }) =>
    aRun({ phase, tryNumber, settings: { ...aRun().settings, autoApprovePlans: approve } }),
  );

/** Every step of a run through these events, however ordered or repeated. */
const through = (
  start: Run,
  events: readonly RunEvent[],
): readonly (Transition & { before: Run; event: RunEvent })[] => {
  let run = start;
  return events.map((each, index) => {
    const before = run;
    const step = transition(before, each, { now: aTime + index, retry: defaultRetryPolicy });
    run = step.run;
    return { ...step, before, event: each };
  });
};

const always = (property: (steps: ReturnType<typeof through>, start: Run) => void) =>
  fc.assert(
    fc.property(aStart, fc.array(event, { minLength: 1, maxLength: 25 }), (start, events) => {
      property(through(start, events), start);
    }),
    { numRuns: 1_000 },
  );

const effectsOf = (steps: ReturnType<typeof through>): readonly EffectIntent[] =>
  steps.flatMap(({ effects }) => effects);
const order = (state: RunState): number =>
  isTerminal(state) ? liveStates.length : liveStates.indexOf(state);

describe("a run, whatever happens to it in whatever order (§5.3)", () => {
  it("never goes back, and never changes once it has ended", () => {
    always((steps) => {
      for (const { before, run, applied, effects } of steps) {
        expect(order(run.state)).toBeGreaterThanOrEqual(order(before.state));
        if (isTerminal(before.state))
          expect([run === before, applied, effects.length]).toEqual([true, false, 0]);
      }
    });
  });

  it("is left as it was by an event that does not apply", () => {
    always((steps) => {
      for (const { before, run, applied, effects } of steps)
        if (!applied) expect([run === before, effects.length]).toEqual([true, 0]);
    });
  });

  it("stays the same attempt of the same work", () => {
    always((steps, { id, ticket, phase, attempt, tryNumber, branch, settings, admittedAt }) => {
      for (const { run } of steps)
        expect(run).toMatchObject({ id, ticket, phase, attempt, tryNumber, branch, settings, admittedAt });
    });
  });

  it("is claimed once and reports once (§8.1, §10)", () => {
    always((steps) => {
      const claims = steps.filter(({ event: { kind }, applied }) => kind === "claimed" && applied);
      const reports = steps.filter(({ event: { kind }, applied }) => kind === "reported" && applied);
      expect(claims.length).toBeLessThanOrEqual(1);
      expect(reports.length).toBeLessThanOrEqual(1);
      for (const { before } of claims) expect(before.report).toBeUndefined();
    });
  });

  it("names every effect once, and fails on its ticket at most once (§9)", () => {
    always((steps) => {
      const wanted = effectsOf(steps).map(({ key }) => key);
      expect(new Set(wanted).size).toBe(wanted.length);
      expect(wanted.filter((key) => key.endsWith(":failed")).length).toBeLessThanOrEqual(1);
    });
  });

  it("destroys its attempt when it ends, and only then", () => {
    always((steps) => {
      const last = steps.at(-1)?.run;
      const destroyed = effectsOf(steps).filter(({ effect }) => effect.kind === "destroy-attempt").length;
      const ended = last !== undefined && isTerminal(last.state);
      expect(destroyed).toBe(ended ? 1 : 0);
      expect(last?.endedAt !== undefined).toBe(ended);
    });
  });

  it("that lives on with a report waits for the pull request that it asked for", () => {
    always((steps) => {
      const last = steps.at(-1)?.run;
      if (last?.report === undefined || isTerminal(last.state)) return;
      expect(last.report.outcome).toBe("implemented");
      expect(effectsOf(steps).map(({ key }) => key)).toContain(`publish:${last.id}`);
    });
  });

  it("succeeds only by a report, and an implementation only with a pull request", () => {
    always((steps) => {
      const end = steps.find(({ before, run }) => !isTerminal(before.state) && isTerminal(run.state));
      if (end === undefined || (end.run.state !== "succeeded" && end.run.state !== "review_failed")) return;
      expect(end.event.kind).toBe(end.run.phase === "plan" ? "reported" : "published");
    });
  });

  it("has a failure exactly when it failed or was timed out", () => {
    always((steps) => {
      for (const { run } of steps)
        expect(run.failure !== undefined).toBe(run.state === "failed" || run.state === "timed_out");
    });
  });
});
