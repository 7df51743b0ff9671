import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { minutes } from "../../../core/time.ts";
import { anAttempt } from "../testing/attempts.ts";
import { isRunOf } from "./is-run-of.ts";
import { type WorkflowRun, workflowRunSchema } from "./schema.ts";

const startedAt = Date.now();
const runId = uuidv7();
const attempt = anAttempt({ runId, dispatchStartedAt: startedAt });

const run = (change: Partial<WorkflowRun> = {}): WorkflowRun => ({
  id: "1",
  display_title: `AI-Implement plan ACME-1 · ${runId}`,
  event: "workflow_dispatch",
  path: ".github/workflows/claude-plan.yml",
  head_branch: "main",
  status: "queued",
  conclusion: null,
  created_at: startedAt,
  html_url: "https://github.example/acme/tally/actions/runs/1",
  ...change,
});

describe("§8.3 a workflow run is an attempt's", () => {
  it("by its run-name, its file, its branch and its event together", () => {
    expect(isRunOf(attempt, run())).toBe(true);
    expect(isRunOf(attempt, run({ path: ".github/workflows/claude-plan.yml@refs/heads/main" }))).toBe(true);
  });

  it.each<[string, Partial<WorkflowRun>]>([
    ["another attempt's title", { display_title: `AI-Implement plan ACME-1 · ${uuidv7()}` }],
    ["a title that goes on", { display_title: `AI-Implement plan ACME-1 · ${runId}0` }],
    ["a title in which the id is only the ticket's", { display_title: `AI-Implement plan ${runId} · x` }],
    ["the id in the end of another word", { display_title: `AI-Implement plan ACME-1 · x${runId}` }],
    ["another phase", { display_title: `AI-Implement implement ACME-1 · ${runId}` }],
    ["a commit's subject", { event: "push" }],
    ["a pull request's title", { event: "pull_request" }],
    ["another file", { path: ".github/workflows/claude-plan.yaml" }],
    ["another file with the same end", { path: ".github/workflows/my-claude-plan.yml" }],
    ["a file of elsewhere", { path: "claude-plan.yml" }],
    ["another branch, where another version of the file may be", { head_branch: "feature" }],
    ["no branch", { head_branch: null }],
    ["a time before the attempt", { created_at: startedAt - minutes(3) }],
  ])("and not with %s", (_what, change) => {
    expect(isRunOf(attempt, run(change))).toBe(false);
  });

  it("also where it was started by an earlier try than the last", () => {
    const later = { ...attempt, dispatchStartedAt: startedAt + minutes(30) };
    expect(isRunOf(later, run({ created_at: startedAt + minutes(1) }))).toBe(true);
  });

  it("whatever GitHub's clock says, within two minutes", () => {
    expect(isRunOf(attempt, run({ created_at: startedAt - minutes(1) }))).toBe(true);
  });
});

it("a workflow run as GitHub shows it is read by these fields", () => {
  const parsed = workflowRunSchema.parse({ ...run(), id: 30_433_642, created_at: "2026-11-22T09:12:00Z" });
  expect(parsed).toMatchObject({ id: "30433642", created_at: Date.parse("2026-11-22T09:12:00Z") });
});
