import type { RunReport } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Observation } from "../../core/reconcile/reconcile-run.ts";
import { isPermanent } from "../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../ports/executor.ts";
import { anAttempt } from "./testing/attempts.ts";

/** What the stand-in for the runner does once it is started. */
export type RunnerBehaviour = "waits" | "leaves-a-report" | "fails";

export interface ExecutorHarness {
  readonly executor: Executor;
  /** The parts of an attempt's reference that make the stand-in behave so, and that lead to where it runs. */
  attempt(behaviour: RunnerBehaviour): Partial<AttemptReference>;
  /** How often a runner of this attempt got past the point where a second one exits. */
  starts(attempt: AttemptReference): Promise<number>;
  /** What `leaves-a-report` leaves. */
  readonly report: RunReport;
  /** An executor over the same resources, as after a restart of ours. */
  restarted(): Executor;
  close(): Promise<void>;
}

/** How long a resource may take to show what it does, in ms: an upper bound, not an expectation. */
const patience = { timeout: 10_000, interval: 50 };

export interface ExecutorCapabilities {
  /**
   * `at-dispatch`: a dispatch finds what an earlier one started. `at-the-claim`: it starts another, and that one ends
   * at the claim before it does anything (§8.1); whoever repeats a dispatch looks first.
   */
  readonly adopts: "at-dispatch" | "at-the-claim";
  /** In the words of its observations: how a runner that `fails` ended. */
  readonly failure: string;
}

/** What every executor promises (§8.3). */
export const describeExecutor = (
  name: string,
  capabilities: ExecutorCapabilities,
  makeHarness: () => Promise<ExecutorHarness>,
): void => {
  describe(`§8.3 executor ${name}`, () => {
    let harness: ExecutorHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.close());

    const attempt = (behaviour: RunnerBehaviour): AttemptReference =>
      anAttempt({ runId: uuidv7(), dispatchStartedAt: Date.now(), ...harness.attempt(behaviour) });
    const becomes = (reference: AttemptReference, kind: Observation["kind"]): Promise<Observation> =>
      vi.waitFor(async () => {
        const observation = await harness.executor.observe(reference);
        expect(observation.kind).toBe(kind);
        return observation;
      }, patience);
    const hasStarted = (reference: AttemptReference, times: number): Promise<void> =>
      vi.waitFor(async () => expect(await harness.starts(reference)).toBe(times), patience);
    /** As the effect worker repeats a dispatch whose answer it never got: it looks first. */
    const dispatchAgain = async (executor: Executor, reference: AttemptReference): Promise<void> => {
      const isThere = (await executor.observe(reference)).kind !== "absent";
      if (capabilities.adopts === "at-the-claim" && isThere) return;
      await executor.dispatch(reference);
    };

    it("does not have an attempt that was never dispatched", async () => {
      const reference = anAttempt({ ...attempt("waits"), dispatchStartedAt: null });
      expect(await harness.executor.observe(reference)).toEqual({ kind: "absent" });
    });

    it("runs what was dispatched", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await becomes(reference, "running");
      await hasStarted(reference, 1);
    });

    it("finds what was dispatched by the attempt alone, under the name that the dispatch was told", async () => {
      const reference = attempt("waits");
      const resource = await harness.executor.dispatch(reference);
      const found = await becomes(reference, "running");
      if (resource !== null) expect(found).toMatchObject({ resource });
      expect((await harness.executor.observe({ ...reference, resource })).kind).toBe("running");
    });

    it("adopts an attempt that it already has, also after a restart of ours", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await hasStarted(reference, 1);
      await dispatchAgain(harness.executor, reference);
      await dispatchAgain(harness.restarted(), reference);
      await becomes(reference, "running");
      expect(await harness.starts(reference)).toBe(1);
    });

    it("starts one runner when two dispatches of an attempt race", async () => {
      const reference = attempt("waits");
      await Promise.all([harness.executor.dispatch(reference), harness.executor.dispatch(reference)]);
      await hasStarted(reference, 1);
      await becomes(reference, "running");
    });

    it("finds the report of an attempt whose answer never arrived", async () => {
      const reference = attempt("leaves-a-report");
      await harness.executor.dispatch(reference);
      expect(await becomes(reference, "exited")).toMatchObject({ report: harness.report });
    });

    it("says that an attempt ended without a report, and why as far as it is known", async () => {
      const reference = attempt("fails");
      await harness.executor.dispatch(reference);
      const observation = await becomes(reference, "exited");
      expect(observation).toMatchObject({ report: null });
      expect(observation.kind === "exited" && observation.detail).toContain(capabilities.failure);
    });

    it("does not start an attempt again that has ended", async () => {
      for (const behaviour of ["leaves-a-report", "fails"] as const) {
        const reference = attempt(behaviour);
        await harness.executor.dispatch(reference);
        await becomes(reference, "exited");
        await dispatchAgain(harness.executor, reference);
        await becomes(reference, "exited");
        expect(await harness.starts(reference)).toBe(1);
      }
    });

    it("destroys a running attempt, and keeps what people want to read", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await hasStarted(reference, 1);
      await harness.executor.destroy(reference);
      await vi.waitFor(async () => {
        const { kind } = await harness.executor.observe(reference);
        expect(["exited", "absent"]).toContain(kind);
      }, patience);
    });

    it("takes nothing to destroy as success, as often as it is asked", async () => {
      const reference = attempt("fails");
      await harness.executor.destroy({ ...reference, dispatchStartedAt: null });
      await harness.executor.dispatch(reference);
      await becomes(reference, "exited");
      await harness.executor.destroy(reference);
      await harness.executor.destroy(reference);
    });

    it("takes nothing but a run id for one", async () => {
      const runId = "../../somewhere";
      const refused = (error: unknown) => isPermanent(error);
      await expect(harness.executor.dispatch({ ...attempt("waits"), runId })).rejects.toSatisfy(refused);
      await expect(harness.executor.destroy({ ...attempt("waits"), runId })).rejects.toSatisfy(refused);
      expect((await harness.executor.observe({ ...attempt("waits"), runId })).kind).toBe("unknown");
    });
  });
};
