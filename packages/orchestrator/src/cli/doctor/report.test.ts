import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../core/redact.ts";
import { right, type Section, warning, wrong } from "./finding.ts";
import { renderJson, renderReport } from "./render.ts";
import { reportOf } from "./report.ts";

const sections: readonly Section[] = [
  {
    title: "Linear",
    findings: [
      right("LINEAR_API_KEY"),
      wrong(
        "the label AI-Implement",
        "No team has it.",
        "Make it in the workspace's settings, under Labels.",
      ),
      warning("LINEAR_WORKSPACE_URL", "It names no workspace."),
    ],
    notes: ["It was asked once."],
  },
  { title: "Projects", findings: [], notes: [], next: ["Start the service.", "Map a project."] },
];

const plain = { colours: createColors(false), width: null };
const asIs = (text: string): string => text;

describe("what `ai-implement doctor` prints", () => {
  it("is each section with what is right, what is not and its fix, and what it comes to", () => {
    expect(renderReport(reportOf(sections, asIs), plain)).toBe(
      [
        "Linear",
        "  ✓ LINEAR_API_KEY",
        "  ✗ the label AI-Implement: No team has it.",
        "    → Make it in the workspace's settings, under Labels.",
        "  ! LINEAR_WORKSPACE_URL: It names no workspace.",
        "  · It was asked once.",
        "",
        "Projects",
        "",
        "✗ 1 problem in 2 checks (1 warning). Mend it, then run ai-implement doctor again.",
        "",
      ].join("\n"),
    );
  });

  it("is wrapped to the terminal, with what goes on under what it belongs to", () => {
    const [section] = sections;
    const report = reportOf(section === undefined ? [] : [section], asIs);
    const lines = renderReport(report, { ...plain, width: 44 }).split("\n");
    expect(lines.slice(2, 6)).toEqual([
      "  ✗ the label AI-Implement: No team has it.",
      "    → Make it in the workspace's settings,",
      "      under Labels.",
      "  ! LINEAR_WORKSPACE_URL: It names no",
    ]);
  });

  it("does not let a vendor move the cursor, draw lines of its own or go on for ever (§11)", () => {
    const hostile = `\u001b[2J\r\n  ✓ all is well\u0007\u202e${"x".repeat(5_000)}`;
    const report = reportOf(
      [{ title: hostile, findings: [wrong(hostile, hostile, hostile)], notes: [hostile] }],
      asIs,
    );
    const text = renderReport(report, plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text.split("\n")).toHaveLength(7);
    expect(text.length).toBeLessThan(5 * 1_000);
  });

  it("shows no secret, wherever a vendor repeats it (§11.10)", () => {
    const redact = createRedactor(["hunter2-key"]);
    const echo = "Authorization: hunter2-key is wrong; try lin_api_0123456789abcdef";
    const report = reportOf(
      [{ title: "Linear", findings: [wrong("key", echo, echo)], notes: [echo] }],
      redact,
    );
    for (const text of [renderReport(report, plain), renderJson(report)]) {
      expect(text).not.toContain("hunter2");
      expect(text).not.toContain("0123456789abcdef");
    }
  });

  it("is one JSON document with the same keys whatever was found", () => {
    expect(JSON.parse(renderJson(reportOf(sections, asIs)))).toEqual({
      ok: false,
      checks: 2,
      problems: 1,
      warnings: 1,
      sections: [
        {
          title: "Linear",
          findings: [
            { status: "right", subject: "LINEAR_API_KEY", what: null, fix: null },
            {
              status: "wrong",
              subject: "the label AI-Implement",
              what: "No team has it.",
              fix: "Make it in the workspace's settings, under Labels.",
            },
            { status: "warning", subject: "LINEAR_WORKSPACE_URL", what: "It names no workspace.", fix: null },
          ],
          notes: ["It was asked once."],
        },
        { title: "Projects", findings: [], notes: [] },
      ],
      next: [],
    });
  });

  it("says what comes next once nothing is wrong", () => {
    const report = reportOf(sections.slice(1), asIs);
    expect(report.next).toEqual(["Start the service.", "Map a project."]);
    expect(renderReport(report, plain)).toBe(
      [
        "Projects",
        "",
        "What to do next",
        "  1. Start the service.",
        "  2. Map a project.",
        "",
        "✓ Nothing to mend in 0 checks.",
        "",
      ].join("\n"),
    );
  });

  it("names a subject once where the sentence begins with it", () => {
    const said = wrong("JIRA_TOKEN", "JIRA_TOKEN is not accepted by Jira.", "Make another.");
    const report = reportOf([{ title: "Jira", findings: [said], notes: [] }], asIs);
    expect(renderReport(report, plain)).toContain(
      "  ✗ JIRA_TOKEN is not accepted by Jira.\n    → Make another.",
    );
  });
});
