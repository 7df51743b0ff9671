import type { RunReport } from "@ai-implement/contracts";
import type { ExecutorKind } from "../../core/project.ts";
import type { RunId } from "../../core/run.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../ports/executor.ts";
import { createFaults, type Faults } from "./faults.ts";

/** A sandbox that runs, or has ended. */
export interface Machine extends AttemptReference {
  exited: boolean;
  /** What the runner left beside itself, for when its answer does not arrive. */
  report: RunReport | null;
}

/**
 * Sandboxes in memory. Like GitHub Actions it knows no idempotency key (§8.4): a dispatch that is asked for twice
 * starts two machines, so that a look that was left out shows.
 */
export interface WorldExecutor extends Executor {
  readonly faults: Faults<"dispatch" | "observe" | "destroy">;
  readonly machines: readonly Machine[];
  /** Every start and every look and every end, in order: `dispatch <run>`, `observe <run>`, `destroy <run>`. */
  readonly requests: readonly string[];
  /** The runs whose machines were started, once per machine. */
  readonly started: readonly RunId[];
  machineOf(runId: RunId): Machine;
}

export const createWorldExecutor = (kind: ExecutorKind = "process"): WorldExecutor => {
  const faults: WorldExecutor["faults"] = createFaults(`the ${kind} executor`);
  const machines: Machine[] = [];
  const requests: string[] = [];
  const started: RunId[] = [];
  const find = (runId: RunId) => machines.find((machine) => machine.runId === runId);
  return {
    kind,
    faults,
    machines,
    requests,
    started,
    dispatch(attempt) {
      requests.push(`dispatch ${attempt.runId}`);
      return faults.around("dispatch", () => {
        machines.push({ ...attempt, exited: false, report: null });
        started.push(attempt.runId);
        return null;
      });
    },
    async observe({ runId }) {
      requests.push(`observe ${runId}`);
      try {
        return await faults.around("observe", () => {
          const machine = find(runId);
          if (machine === undefined) return { kind: "absent" };
          if (!machine.exited) return { kind: "running" };
          return { kind: "exited", report: machine.report, detail: "It exited with 1." };
        });
      } catch (error) {
        return { kind: "unknown", error: error instanceof Error ? error.message : String(error) };
      }
    },
    destroy({ runId }) {
      requests.push(`destroy ${runId}`);
      return faults.around("destroy", () => {
        const kept = machines.filter((machine) => machine.runId !== runId);
        machines.splice(0, machines.length, ...kept);
      });
    },
    machineOf(runId) {
      const machine = find(runId);
      if (machine === undefined) throw new DeliveryError(`No machine of ${runId}`, { retryable: false });
      return machine;
    },
  };
};
