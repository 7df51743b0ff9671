import { expect, it } from "vitest";
import { closingNothing } from "./closing-nothing.ts";

it("§11 lets no ticket and no agent close an issue by the words of a commit", () => {
  for (const text of ["Fixes #12", "closes: acme/shop#3", "Resolved GH-7"])
    expect(closingNothing(text)).toMatch(/^[A-Za-z]+\u200b/);
  for (const text of ["Fixes the 12 cases", "prefix #1", "see #12"]) expect(closingNothing(text)).toBe(text);
});
