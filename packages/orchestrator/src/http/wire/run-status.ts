import type { RunStatus } from "@ai-implement/contracts";
import { liveStates, type RunState, terminalStates } from "../../core/run.ts";

/** Run state → status on the API (§5.3). */
export const statusOf = (state: RunState): RunStatus => {
  switch (state) {
    case "queued":
    case "dispatching":
      return "dispatched";
    case "succeeded":
      return "completed";
    case "running":
    case "review_failed":
    case "failed":
    case "timed_out":
    case "cancelled":
      return state;
  }
};

/** Every state that reads as this status. */
export const statesOf = (status: RunStatus): readonly RunState[] =>
  [...liveStates, ...terminalStates].filter((state) => statusOf(state) === status);
