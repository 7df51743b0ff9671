import { describe, expect, it } from "vitest";
import { observationOfCompleted, observationOfLive } from "./observe-run.ts";
import { result } from "./testing/a-result.ts";

const url = "https://github.example/acme/tally/actions/runs/1";
const run = (status: string | null, conclusion: string | null = null) => ({
  id: "1",
  display_title: "AI-Implement plan ACME-1",
  event: "workflow_dispatch",
  path: ".github/workflows/claude-plan.yml",
  head_branch: "main",
  status,
  conclusion,
  created_at: 0,
  html_url: url,
});
const resource = { id: "1", url };

describe("§8.4 what a workflow run says of its attempt", () => {
  it.each(["queued", "waiting", "pending", "requested"])(
    "%s: it is there and nothing works on it",
    (status) => {
      expect(observationOfLive(run(status))).toEqual({ kind: "running", waits: true, resource });
    },
  );

  it("in_progress: it runs", () => {
    expect(observationOfLive(run("in_progress"))).toEqual({ kind: "running", resource });
  });

  it.each(["something-new", null])("%s: nobody knows", (status) => {
    expect(observationOfLive(run(status))).toMatchObject({ kind: "unknown" });
  });

  it.each([
    ["success", "succeeded"],
    ["failure", "ended in failure"],
    ["cancelled", "was cancelled"],
    ["timed_out", "timed_out"],
    ["startup_failure", "startup_failure"],
    ["skipped", "another run of the same attempt held it"],
    ["action_required", "action_required"],
    ["something-new", '"something-new"'],
    [null, "null"],
  ])("completed as %s without a result: it has ended, why, and where to look", (conclusion, words) => {
    const observation = observationOfCompleted(run("completed", conclusion), {
      kind: "none",
      problem: "it left no artifact",
    });
    expect(observation).toMatchObject({ kind: "exited", report: null, resource });
    const detail = observation.kind === "exited" ? observation.detail : "";
    expect(detail).toContain(words);
    expect(detail).toContain(`it left no artifact: ${url}`);
  });

  it.each([
    ["cancelled", "none", "cancelled"],
    ["cancelled", "unusable", "cancelled"],
    ["success", "unusable", "unusable-result"],
    ["failure", "none", undefined],
  ] as const)("completed as %s with %s left: the cause is %s", (conclusion, kind, cause) => {
    const observation = observationOfCompleted(run("completed", conclusion), { kind, problem: "no" });
    expect(observation.kind === "exited" && observation.cause).toBe(cause);
  });

  it("completed with a result: the result is what counts, whatever the conclusion", () => {
    const unpacked = { kind: "result", result } as const;
    expect(observationOfCompleted(run("completed", "failure"), unpacked)).toMatchObject({
      kind: "exited",
      report: result.report,
      instance: result.instance,
      steps: result.steps,
      resource,
    });
  });
});
