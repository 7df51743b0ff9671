import { expect, test } from "vitest";
import { pullSchema } from "./schema.ts";

const pull = {
  number: 7,
  node_id: "PR_7",
  html_url: "https://github.example/acme/tally/pull/7",
  title: "ACME-1: Add a total",
  body: null,
  state: "open",
  merged_at: null,
  updated_at: "2026-11-22T09:00:00Z",
  head: { ref: "ai-implement/acme-1", sha: "a".repeat(40), repo: { id: 1 } },
  base: { ref: "main", repo: { id: 1 } },
};

test("§11 what becomes a link on tickets and pages is an address on the web, and of a length that links have", () => {
  expect(pullSchema.safeParse(pull).success).toBe(true);
  for (const html_url of [
    "javascript:alert(1)",
    "data:text/html,x",
    "//github.example/7",
    `https://x/${"y".repeat(1_000)}`,
  ])
    expect(pullSchema.safeParse({ ...pull, html_url }).success).toBe(false);
});
