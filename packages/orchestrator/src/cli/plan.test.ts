import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { type PlanRow, renderPlan } from "./plan.ts";

const aRow = (overrides: Partial<PlanRow> = {}): PlanRow => ({
  ticket: "ACME-1",
  title: "Say hello",
  decision: "dispatch",
  reason: "plan",
  explanation: "plan would start now in ACME",
  ...overrides,
});

const lines = (text: string): readonly string[] => stripVTControlCharacters(text).split("\n");

describe("§6 `ai-implement plan` for a terminal", () => {
  it("prints one line per ticket, in the order of the decisions", () => {
    const waits = aRow({
      ticket: "ACME-10",
      decision: "skip",
      reason: "paused",
      explanation: "the project is paused",
    });
    expect(lines(renderPlan({ rows: [aRow(), waits], problems: [], failing: [] }))).toEqual([
      "▶ ACME-1   plan would start now in ACME  Say hello",
      "‖ ACME-10  the project is paused  Say hello",
      "",
    ]);
  });

  it("names what could not be read as a ticket, with the fix", () => {
    const problems = [{ source: "shop/broken.md", problem: "it has no id", fix: "Give it an `id`." }];
    expect(lines(renderPlan({ rows: [], problems, failing: [] }))).toEqual([
      "✗ shop/broken.md  it has no id",
      "  → Give it an `id`.",
      "",
    ]);
  });

  it("says which tracker could not be read: none of its tickets is not the same as no ticket", () => {
    const failing = [{ tracker: "linear" as const, error: "Linear did not answer in time." }];
    expect(lines(renderPlan({ rows: [], problems: [], failing }))).toEqual([
      "✗ The linear tracker  Linear did not answer in time.",
      expect.stringMatching(/^ {2}→ Run `ai-implement doctor`\. .* known before\.$/),
      "",
    ]);
  });

  it("keeps to the width of the terminal: a title is cut, a reason is not", () => {
    const long = { ticket: "ACME-2", title: "Greet everybody who comes to the shop", reason: "dedup" };
    const reason = "was dispatched already and may be dispatched again at noon, or once its lease is cleared";
    const rows = [aRow({ title: long.title }), aRow({ ...long, decision: "skip", explanation: reason })];
    const problem = {
      source: "SHOP-2",
      problem: "its field is empty, so no project is known",
      fix: "Fill it.",
    };
    expect(lines(renderPlan({ rows, problems: [problem], failing: [] }, 60))).toEqual([
      "▶ ACME-1  plan would start now in ACME  Greet everybody who…",
      "‖ ACME-2  was dispatched already and may be dispatched again",
      "          at noon, or once its lease is cleared",
      "✗ SHOP-2  its field is empty, so no project is known",
      "  → Fill it.",
      "",
    ]);
  });

  it("says what to do where no ticket is marked", () => {
    expect(renderPlan({ rows: [], problems: [], failing: [] })).toMatch(
      /^No marked ticket .* Mark one .*project.*\n$/,
    );
  });

  it("does not let a title or a file name move the cursor (§11)", () => {
    const hostile = "\u001b[2J\r\nx\u0007";
    const text = renderPlan({
      rows: [aRow({ title: hostile })],
      problems: [{ source: hostile, problem: hostile, fix: "Rename it." }],
      failing: [],
    });
    expect(text.split("\n")).toHaveLength(4);
    for (const code of ["\u001b[2J", "\r", "\u0007"]) expect(text).not.toContain(code);
  });
});
