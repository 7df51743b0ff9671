import { runStatusSchema } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { liveStates, terminalStates } from "../../core/run.ts";
import { statesOf, statusOf } from "./run-status.ts";

describe("Run states on the API (§5.3)", () => {
  it("reads queued and dispatching as dispatched, succeeded as completed, and the others as they are", () => {
    expect(
      Object.fromEntries([...liveStates, ...terminalStates].map((state) => [state, statusOf(state)])),
    ).toEqual({
      queued: "dispatched",
      dispatching: "dispatched",
      running: "running",
      succeeded: "completed",
      review_failed: "review_failed",
      failed: "failed",
      timed_out: "timed_out",
      cancelled: "cancelled",
    });
  });

  it("finds for every status the states that read as it", () => {
    for (const status of runStatusSchema.options)
      expect(new Set(statesOf(status).map(statusOf))).toEqual(new Set([status]));
    expect(runStatusSchema.options.flatMap(statesOf)).toHaveLength(liveStates.length + terminalStates.length);
  });
});
