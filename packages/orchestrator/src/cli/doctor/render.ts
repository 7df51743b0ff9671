import type { Colors } from "picocolors/types.js";
import { wrap } from "../wrap.ts";
import type { Finding, Section } from "./finding.ts";
import type { Report } from "./report.ts";

export interface RenderOptions {
  readonly colours: Colors;
  /** Of the terminal; null: lines are as long as they are, for `grep` and logs. */
  readonly width: number | null;
}

/** For a person: section by section, and at the end what it comes to. */
export const renderReport = (report: Report, options: RenderOptions): string => {
  const { colours } = options;
  const blocks = [
    ...report.sections.map((section) => renderSection(section, options)),
    ...(report.next.length === 0 ? [] : [renderNext(report.next, options)]),
    [summaryOf(report, colours)],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
};

const renderSection = ({ title, findings, notes }: Section, options: RenderOptions): readonly string[] => [
  options.colours.bold(title),
  ...findings.flatMap((finding) => renderFinding(finding, options)),
  ...notes.flatMap((note) =>
    wrap(note, 4, options.width).map((line, index) =>
      options.colours.dim(`  ${index === 0 ? "·" : " "} ${line}`),
    ),
  ),
];

const renderNext = (steps: readonly string[], { colours, width }: RenderOptions): readonly string[] => [
  colours.bold("What to do next"),
  ...steps.flatMap((step, position) =>
    wrap(step, 5, width).map(
      (line, index) => `  ${index === 0 ? colours.cyan(`${position + 1}.`) : "  "} ${line}`,
    ),
  ),
];

const renderFinding = (finding: Finding, { colours, width }: RenderOptions): readonly string[] => {
  if (finding.kind === "right") return [`  ${colours.green("✓")} ${finding.subject}`];
  const mark = finding.kind === "wrong" ? colours.red("✗") : colours.yellow("!");
  const { subject, what, fix } = finding;
  // A sentence about the subject names it once.
  const text = what.startsWith(`${subject} `) ? what : `${subject}: ${what}`;
  const [first = "", ...rest] = wrap(text, 4, width);
  const remedy = fix === null ? [] : wrap(fix, 6, width);
  return [
    // A subject that does not fit on one line stays plain: half of it in bold would mislead.
    `  ${mark} ${first.startsWith(subject) ? `${colours.bold(subject)}${first.slice(subject.length)}` : first}`,
    ...rest.map((line) => `    ${line}`),
    ...remedy.map((line, index) => `    ${index === 0 ? colours.cyan("→") : " "} ${line}`),
  ];
};

const summaryOf = ({ checks, problems, warnings }: Report, colours: Colors): string => {
  const aside = warnings === 0 ? "" : ` (${counted(warnings, "warning")})`;
  const looked = `${counted(checks, "check")}${aside}.`;
  if (problems === 0) return `${colours.green("✓")} ${colours.bold("Nothing to mend")} in ${looked}`;
  const order = problems === 1 ? "Mend it" : "Mend the first one first";
  return `${colours.red("✗")} ${colours.bold(counted(problems, "problem"))} in ${looked} ${order}, then run ai-implement doctor again.`;
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** For programs: the same keys always, whatever was found. */
export const renderJson = ({ sections, ...totals }: Report): string => {
  const document = {
    ...totals,
    sections: sections.map(({ title, findings, notes }) => ({
      title,
      findings: findings.map((finding) => ({
        status: finding.kind,
        subject: finding.subject,
        what: finding.kind === "right" ? null : finding.what,
        fix: finding.kind === "right" ? null : finding.fix,
      })),
      notes,
    })),
  };
  return `${JSON.stringify(document)}\n`;
};
