import type { RunReport } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Observation } from "../../core/reconcile/reconcile-run.ts";
import { isPermanent } from "../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../ports/executor.ts";

/** What the stand-in for the runner does once it is started. */
export type RunnerBehaviour = "waits" | "leaves-a-report" | "fails";

export interface ExecutorHarness {
  readonly executor: Executor;
  /** The part of an attempt's reference that makes the stand-in behave so. */
  orchestratorUrlFor(behaviour: RunnerBehaviour): string;
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

/** What every executor promises (§8.3). */
export const describeExecutor = (name: string, makeHarness: () => Promise<ExecutorHarness>): void => {
  describe(`§8.3 executor ${name}`, () => {
    let harness: ExecutorHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.close());

    const attempt = (behaviour: RunnerBehaviour): AttemptReference => ({
      runId: uuidv7(),
      phase: "plan",
      orchestratorUrl: harness.orchestratorUrlFor(behaviour),
      claimToken: "claim-token-of-this-attempt",
    });
    const becomes = (reference: AttemptReference, kind: Observation["kind"]): Promise<Observation> =>
      vi.waitFor(async () => {
        const observation = await harness.executor.observe(reference.runId);
        expect(observation.kind).toBe(kind);
        return observation;
      }, patience);
    const hasStarted = (reference: AttemptReference, times: number): Promise<void> =>
      vi.waitFor(async () => expect(await harness.starts(reference)).toBe(times), patience);

    it("does not have an attempt that was never dispatched", async () => {
      expect(await harness.executor.observe(uuidv7())).toEqual({ kind: "absent" });
    });

    it("runs what was dispatched", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await becomes(reference, "running");
      await hasStarted(reference, 1);
    });

    it("adopts an attempt that it already has, also after a restart of ours", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await hasStarted(reference, 1);
      await harness.executor.dispatch(reference);
      await harness.restarted().dispatch(reference);
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
      expect(observation.kind === "exited" && observation.detail).toContain("exit code 3");
    });

    it("does not start an attempt again that has ended", async () => {
      for (const behaviour of ["leaves-a-report", "fails"] as const) {
        const reference = attempt(behaviour);
        await harness.executor.dispatch(reference);
        await becomes(reference, "exited");
        await harness.executor.dispatch(reference);
        await becomes(reference, "exited");
        expect(await harness.starts(reference)).toBe(1);
      }
    });

    it("destroys a running attempt, and keeps what people want to read", async () => {
      const reference = attempt("waits");
      await harness.executor.dispatch(reference);
      await hasStarted(reference, 1);
      await harness.executor.destroy(reference.runId);
      expect((await harness.executor.observe(reference.runId)).kind).not.toBe("running");
    });

    it("takes nothing to destroy as success, as often as it is asked", async () => {
      const reference = attempt("fails");
      await harness.executor.destroy(reference.runId);
      await harness.executor.dispatch(reference);
      await becomes(reference, "exited");
      await harness.executor.destroy(reference.runId);
      await harness.executor.destroy(reference.runId);
    });

    it("takes nothing but a run id for one", async () => {
      const runId = "../../somewhere";
      const refused = (error: unknown) => isPermanent(error);
      await expect(harness.executor.dispatch({ ...attempt("waits"), runId })).rejects.toSatisfy(refused);
      await expect(harness.executor.destroy(runId)).rejects.toSatisfy(refused);
      expect((await harness.executor.observe(runId)).kind).toBe("unknown");
    });
  });
};
