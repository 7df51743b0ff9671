import { expect, test } from "vitest";
import type { CheckRun, CombinedStatus, Pull, Review } from "./schema.ts";
import { toStanding } from "./to-standing.ts";

const pull: Pull = {
  number: 1,
  node_id: "PR_1",
  html_url: "https://x",
  title: "t",
  body: null,
  state: "open",
  draft: false,
  merged_at: null,
  updated_at: 0,
  head: { ref: "b", sha: "a".repeat(40), repo: { id: 1 } },
  base: { ref: "main", repo: { id: 1 } },
};
const run = (conclusion: string | null): CheckRun => ({
  status: conclusion === null ? "in_progress" : "completed",
  conclusion,
});
const checks = (checkRuns: readonly CheckRun[], status: CombinedStatus | null = null) =>
  toStanding({ pull, checkRuns, status, reviews: [] }).checks;
const status = (state: string, total_count = 1): CombinedStatus => ({ state, total_count });

test.each([
  ["none", [], null],
  ["none", [], status("pending", 0)],
  ["passing", [run("success"), run("skipped"), run("neutral")], null],
  ["passing", [run("success")], status("pending", 0)],
  ["passing", [], status("success")],
  ["pending", [run("success"), run(null)], null],
  ["pending", [run("success")], status("pending")],
  ["failing", [run("failure"), run(null)], null],
  ["failing", [run("timed_out")], null],
  ["failing", [run("cancelled")], null],
  ["failing", [run("action_required")], status("success")],
  ["failing", [run("success")], status("error")],
] as const)("§12 checks are %s", (expected, checkRuns, combined) => {
  expect(checks(checkRuns, combined)).toBe(expected);
});

test("§12 each reviewer's last word counts: a comment takes back no verdict, a dismissal does", () => {
  const review = (login: string, state: string): Review => ({
    id: 1,
    user: { login, type: "User" },
    body: "",
    state,
    html_url: "https://x",
  });
  const reviews = [
    review("one", "CHANGES_REQUESTED"),
    review("one", "APPROVED"),
    review("one", "COMMENTED"),
    review("two", "CHANGES_REQUESTED"),
    review("three", "CHANGES_REQUESTED"),
    review("three", "DISMISSED"),
  ];
  expect(toStanding({ pull, checkRuns: [], status: null, reviews })).toMatchObject({
    approvals: 1,
    changesRequested: 1,
  });
});

test("§12 what GitHub is still finding out is not known", () => {
  const mergeable = (value: boolean | null | undefined) =>
    toStanding({ pull: { ...pull, mergeable: value }, checkRuns: [], status: null, reviews: [] }).mergeable;
  expect([mergeable(null), mergeable(undefined), mergeable(false), mergeable(true)]).toEqual([
    null,
    null,
    false,
    true,
  ]);
});
