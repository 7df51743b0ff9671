import { describe, expect, test } from "vitest";
import type { Review, ReviewComment } from "./schema.ts";
import { commentRemark, inlineRemark, remarkIdOf, reviewRemark } from "./to-remark.ts";

const at = Date.UTC(2026, 10, 22, 9, 12);
const comment = {
  id: 12,
  user: { login: "person", type: "User" },
  body: "One\r\ntwo",
  html_url: "https://x",
  updated_at: at,
};
const review = (change: Partial<Review> = {}): Review => ({
  id: 7,
  user: { login: "reviewer", type: "User" },
  body: "Words",
  state: "COMMENTED",
  html_url: "https://x",
  submitted_at: at,
  ...change,
});
const inline = (change: Partial<ReviewComment> = {}): ReviewComment => ({
  ...comment,
  path: "a.ts",
  line: 3,
  original_line: 2,
  ...change,
});

describe("§12 what GitHub's words become", () => {
  test("a comment", () => {
    expect(commentRemark(comment)).toEqual({
      id: "issue-comment:12",
      kind: "comment",
      author: "person",
      isBot: false,
      body: "One\ntwo",
      url: "https://x",
      at,
    });
  });

  test("of a program, and of an account that was deleted", () => {
    expect(commentRemark({ ...comment, user: { login: "ai-implement[bot]", type: "Bot" } }).isBot).toBe(true);
    expect(commentRemark({ ...comment, user: null })).toMatchObject({ author: "ghost", isBot: false });
  });

  test("an inline comment, on a line that may be gone", () => {
    expect(inlineRemark(inline())).toMatchObject({ id: "review-comment:12", path: "a.ts", line: 3 });
    expect(inlineRemark(inline({ line: null })).line).toBe(2);
    expect(inlineRemark(inline({ line: null, original_line: null }))).not.toHaveProperty("line");
  });

  test.each([
    ["APPROVED", "approved"],
    ["CHANGES_REQUESTED", "changes-requested"],
    ["COMMENTED", "commented"],
    ["DISMISSED", "commented"],
    ["SOMETHING_NEW", "commented"],
  ])("a review that is %s came to %s", (state, verdict) => {
    expect(reviewRemark(review({ state }))).toMatchObject({ id: "review:7", kind: "review", verdict });
  });

  test("one that says nothing is left out, and one that decides is not", () => {
    for (const body of ["", " \r\n", null]) {
      expect(reviewRemark(review({ body }))).toBeNull();
      expect(reviewRemark(review({ body, state: "DISMISSED" }))).toBeNull();
      expect(reviewRemark(review({ body, state: "APPROVED" }))).not.toBeNull();
      expect(reviewRemark(review({ body, state: "CHANGES_REQUESTED" }))).not.toBeNull();
    }
    expect(reviewRemark(review({ state: "PENDING" }))).toBeNull();
    expect(reviewRemark(review({ submitted_at: undefined } as Partial<Review>))).toBeNull();
  });

  test("§11 hostile words are kept within bounds", () => {
    const { body } = commentRemark({ ...comment, body: `\ud800${"x".repeat(100_000)}` });
    expect(body.length).toBe(65_536);
    expect(body.isWellFormed()).toBe(true);
  });
});

test.each(["issue-comment:12", "review:7", "review-comment:9"])("%s is the id of a remark", (id) => {
  const found = remarkIdOf(id);
  expect(`${found?.kind ?? ""}:${found?.number ?? ""}`).toBe(id);
});

test.each([
  "",
  "12",
  "comment:1",
  "issue-comment:",
  "issue-comment:1/../2",
  "review:1e3",
  "review:9999999999999999",
  "review:7\n",
])("%j is none", (id) => {
  expect(remarkIdOf(id)).toBeNull();
});
