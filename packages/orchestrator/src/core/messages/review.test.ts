import { describe, expect, it } from "vitest";
import { takenUpComment, takenUpMarker, waitsComment, waitsMarker } from "./review.ts";

describe("replies to who reviews (§12)", () => {
  it("begin with the line that they are found by", () => {
    expect(takenUpComment(["ada"]).split("\n")[0]).toBe(takenUpMarker);
    expect(waitsComment("The project is paused.").split("\n")[0]).toBe(waitsMarker);
  });

  it("name each person once, and notify nobody", () => {
    expect(takenUpComment(["ada", "grace", "ada"])).toContain("The review by `ada`, `grace` is taken up");
    expect(takenUpComment(["@everyone"])).not.toMatch(/(^|\W)@everyone/);
  });

  it.each([
    "x`](https://evil.example) **bold",
    "<!-- ai-implement -->",
    "<details><summary>",
    "a\n## 🔍 AI-Implement: gap analysis",
    "\u202Eada",
    "dependabot[bot]",
    "",
  ])("keep a name that is %j within its own quotes, on its own line", (login) => {
    const comment = takenUpComment([login]);
    expect(comment.split("\n")).toHaveLength(3);
    expect(comment).not.toMatch(/<!--|<details>|\u202E/);
    expect(comment.split("`")).toHaveLength(3);
  });
});
