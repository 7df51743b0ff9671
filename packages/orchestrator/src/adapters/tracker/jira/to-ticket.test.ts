import { describe, expect, test } from "vitest";
import type { Issue } from "./schema.ts";
import { meaningOf } from "./stage-words.ts";
import { issueIdOf, openBlockers, readIssue, relatedIssues, toTicket } from "./to-ticket.ts";

const status = (name: string, key: string) => ({ name, statusCategory: { key } });

const anIssue = (fields: Partial<Issue["fields"]> = {}): Issue => ({
  id: "10001",
  key: "ACME-1",
  fields: {
    summary: "A title",
    description: null,
    project: { key: "ACME" },
    status: status("To Do", "new"),
    created: "2026-01-02T03:04:05.678+0000",
    updated: "2026-01-02T05:04:05.678+0200",
    ...fields,
  },
});

const ticketOf = (fields: Partial<Issue["fields"]> = {}, word: string | null = "Ready") =>
  toTicket(anIssue(fields), {
    scope: "acme",
    meaning: meaningOf(word),
    siteUrl: "https://acme.atlassian.net/",
    blockedBy: [],
    relatives: [],
  });

test("§5.2 an issue becomes the normalised ticket", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  expect(ticketOf({ priority: { name: "High" } }, "Plan Approved")).toEqual({
    id: "jira:10001",
    tracker: "jira",
    identifier: "ACME-1",
    title: "A title",
    description: "",
    url: "https://acme.atlassian.net/browse/ACME-1",
    scope: "acme",
    stage: "plan-complete",
    lifecycle: "active",
    planApproved: true,
    blockedBy: [],
    priority: 2,
    createdAt: at,
    updatedAt: at,
    relatives: [],
  });
});

test.each([
  ["Highest", 1],
  ["high", 2],
  ["Medium", 3],
  ["Low", 4],
  ["Lowest", 4],
  ["Whenever", 0],
])("§5.2 the priority %s is %d", (name, priority) => {
  expect(ticketOf({ priority: { name } }).priority).toBe(priority);
});

test.each([
  ["To Do", "new", "Won't Do", "active"],
  ["Done", "done", "Done", "completed"],
  ["Done", "done", null, "completed"],
  ["Done", "done", "Won't Do", "cancelled"],
  ["Done", "done", "Won’t Fix", "cancelled"],
  ["Done", "done", "Duplicate", "cancelled"],
  ["Cancelled", "done", null, "cancelled"],
  ["Declined", "done", "Done", "cancelled"],
  ["Rejected", "done", null, "cancelled"],
  ["Abandoned", "done", null, "cancelled"],
])("§7.1 the status %s (%s) with the resolution %s is %s", (name, key, resolution, lifecycle) => {
  const fields = { status: status(name, key), resolution: resolution === null ? null : { name: resolution } };
  expect(ticketOf(fields).lifecycle).toBe(lifecycle);
});

test("§7.1 merged counts as completed, whatever the workflow says", () => {
  expect(ticketOf({}, "Merged")).toMatchObject({ stage: "merged", lifecycle: "completed" });
});

describe("issue links", () => {
  const linked = (id: string, category: string) => ({
    id,
    key: `ACME-${id}`,
    fields: { summary: `Issue ${id}`, status: status(`is ${category}`, category) },
  });
  const issue = anIssue({
    issuelinks: [
      { type: { name: "Blocks" }, inwardIssue: linked("2", "new") },
      { type: { name: "Blocks" }, inwardIssue: linked("3", "done") },
      { type: { name: "Blocks" }, outwardIssue: linked("4", "new") },
      { type: { name: "Blocks" }, inwardIssue: { id: "5", key: "SECRET-5" } },
      { type: { name: "Relates" }, inwardIssue: linked("6", "new") },
      { type: { name: "Relates" }, outwardIssue: linked("7", "done") },
    ],
  });

  test("§7.2 what blocks it and is not done blocks it, and so does what nobody can see", () => {
    expect(openBlockers(issue)).toEqual([
      { id: "2", identifier: "ACME-2", state: "is new" },
      { id: "5", identifier: "SECRET-5", state: "not visible" },
    ]);
  });

  test("§5.2 other links are related issues, in either direction", () => {
    expect(relatedIssues(issue).map(({ key }) => key)).toEqual(["ACME-6", "ACME-7"]);
  });
});

test.each([
  { ...anIssue(), fields: { ...anIssue().fields, created: "yesterday" } },
  { id: "1", key: "ACME-9", fields: { summary: 7 } },
])("§9 an issue that cannot be read is named", (bare) => {
  expect(() => readIssue(bare)).toThrow(new RegExp(`about ${bare.key}`));
});

test("an id that we did not make is no issue", () => {
  expect(issueIdOf("jira:10001")).toBe("10001");
  for (const id of ["jira:ACME-1", "jira:1/comment", "linear:1", "10001"]) expect(issueIdOf(id)).toBeNull();
});
