import { describe, expect, it } from "vitest";
import { aTime } from "../testing/builders.ts";
import { seconds } from "../time.ts";
import { readyAt, requestIn } from "./feedback.ts";
import type { Remark } from "./remark.ts";

const remark = (change: Partial<Remark>): Remark => ({
  id: "issue-comment:1",
  kind: "comment",
  author: "ada",
  isBot: false,
  body: "",
  url: "https://forge.example/1",
  at: aTime,
  ...change,
});

describe("what a remark asks for (§12)", () => {
  it("is what follows /ai-implement, wherever it is written", () => {
    for (const kind of ["comment", "review", "inline-comment"] as const)
      expect(requestIn(remark({ kind, body: "  /ai-implement also round\nthe sum " }))).toEqual({
        kind: "command",
        body: "also round\nthe sum",
      });
    expect(requestIn(remark({ body: "/AI-Implement" }))).toEqual({ kind: "command", body: "" });
  });

  it("is nothing where the command is only mentioned, or another word begins like it", () => {
    for (const body of [
      "try /ai-implement",
      "/ai-implemented",
      "/ai",
      "`/ai-implement`",
      "> /ai-implement x",
    ])
      expect(requestIn(remark({ body }))).toBeNull();
  });

  it("is the review where it asks for changes, and each inline comment; a word of praise is none", () => {
    expect(requestIn(remark({ kind: "review", verdict: "changes-requested", body: "No." }))).toEqual({
      kind: "review",
      body: "No.",
    });
    expect(requestIn(remark({ kind: "review", verdict: "approved", body: "Fine." }))).toBeNull();
    expect(requestIn(remark({ kind: "review", verdict: "commented", body: "Hm." }))).toBeNull();
    expect(requestIn(remark({ kind: "inline-comment", body: "Why?" }))).toEqual({
      kind: "inline-comment",
      body: "Why?",
    });
  });

  it("is nothing where a program says it, ourselves included", () => {
    for (const kind of ["comment", "review", "inline-comment"] as const)
      expect(
        requestIn(remark({ kind, isBot: true, body: "/ai-implement now", verdict: "changes-requested" })),
      ).toBeNull();
  });

  it("is worked on at once where it is an order, and with what follows it where it is a review", () => {
    expect(readyAt("command", aTime)).toBe(aTime);
    expect(readyAt("review", aTime)).toBe(aTime + seconds(15));
    expect(readyAt("inline-comment", aTime)).toBe(aTime + seconds(15));
  });
});
