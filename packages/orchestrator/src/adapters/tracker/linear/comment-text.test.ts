import { expect, test } from "vitest";
import { commentBody, commentIdOf, maxCommentLength } from "./comment-text.ts";

test("§7.2 a comment's id is a UUID of version 4 that only its effect and issue decide", () => {
  const id = commentIdOf("issue", "comment:1");
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(commentIdOf("issue", "comment:1")).toBe(id);
  expect(commentIdOf("issue", "comment:2")).not.toBe(id);
  expect(commentIdOf("another", "comment:1")).not.toBe(id);
});

test("§9 a body that is too long is cut, says so, and has no half characters", () => {
  expect(commentBody("short")).toBe("short");
  const cut = commentBody("😀".repeat(maxCommentLength));
  expect(cut.length).toBeLessThanOrEqual(maxCommentLength);
  expect(cut).toContain("(cut");
  expect(cut.isWellFormed()).toBe(true);
});
