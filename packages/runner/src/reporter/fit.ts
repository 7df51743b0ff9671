import type { GapAnalysis, Plan, Review, RunReport, StepReport, Verification } from "@ai-implement/contracts";
import { clip, type Keep, oneLine } from "../text/clip.ts";
import type { Redact } from "../text/redact.ts";

/** The caps of the wire format (§11.8), in UTF-16 code units and entries. */
const caps = { short: 200, line: 1_000, paragraph: 20_000, entries: 100 } as const;

/**
 * Makes what a run has to say fit the wire: redacted first (a clipped secret would no longer be recognised), then
 * cut with a notice. A text that is too long never fails a run.
 */
export interface Fit {
  step(step: StepReport): StepReport;
  report(report: RunReport): RunReport;
  line(text: string): string;
}

export const createFit = (redact: Redact): Fit => {
  const line = (text: string): string => oneLine(redact(text), caps.line);
  const paragraph = (text: string, keep: Keep = "head"): string =>
    clip(redact(text).trim(), caps.paragraph, keep);
  const claims = (lines: GapAnalysis["gaps"]): GapAnalysis["gaps"] =>
    lines.slice(0, caps.entries).map(({ claim, ticketWords, file }) => ({
      claim: line(claim),
      ...(ticketWords === undefined ? {} : { ticketWords: line(ticketWords) }),
      ...(file === undefined ? {} : { file: line(file) }),
    }));
  const review = ({ approved, iterations, findings }: Review): Review => ({
    approved,
    iterations,
    findings: findings.slice(0, caps.entries).map((finding) => paragraph(finding)),
  });
  const plan = ({ sections }: Plan): Plan => ({
    sections: sections.map(({ kind, body }) => ({ kind, body: paragraph(body) })),
  });
  const verification = (checked: Verification): Verification => ({
    ...checked,
    command: line(checked.command),
    output: paragraph(checked.output, "tail"),
  });
  const gapAnalysis = ({ implemented, gaps, manualSteps }: GapAnalysis): GapAnalysis => ({
    implemented: claims(implemented),
    gaps: claims(gaps),
    manualSteps: claims(manualSteps),
  });

  return {
    line,
    step: (step) => ({
      ...step,
      name: oneLine(step.name, caps.short),
      ...(step.detail === undefined ? {} : { detail: paragraph(step.detail, "tail") }),
    }),
    report: (report) => {
      const agent = line(report.agent);
      switch (report.outcome) {
        case "planned":
          return { ...report, agent, plan: plan(report.plan) };
        case "failed":
          return { ...report, agent, message: paragraph(report.message, "tail") };
        case "implemented":
          return {
            ...report,
            agent,
            summary: paragraph(report.summary),
            review: review(report.review),
            ...(report.verification === undefined ? {} : { verification: verification(report.verification) }),
            ...(report.gapAnalysis === undefined ? {} : { gapAnalysis: gapAnalysis(report.gapAnalysis) }),
          };
      }
    },
  };
};
