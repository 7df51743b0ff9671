import type { GapAnalysis, Plan, Review, RunReport, StepReport, Verification } from "@ai-implement/contracts";
import { createTextGuard } from "../guard/guard-text.ts";
import { textsOf } from "../guard/report-texts.ts";
import type { Secrets } from "../secrets.ts";
import { clip, type Keep, oneLine } from "../text/clip.ts";

/** The caps of the wire format (§11.8), in UTF-16 code units and entries. */
const caps = { short: 200, line: 1_000, paragraph: 20_000, entries: 100, paths: 200 } as const;

/**
 * Makes what a run has to say fit the wire: redacted first (a clipped secret would no longer be recognised), then
 * cut with a notice. A text that is too long never fails a run.
 */
export interface Fit {
  step(step: StepReport): StepReport;
  /**
   * What is published is scanned as well (§11.4). A report that shows a credential of the run becomes the failure `guard`;
   * whatever else looks like a credential is masked.
   */
  report(report: RunReport): Promise<RunReport>;
  line(text: string): string;
}

type Clean = (text: string) => Promise<string>;

export const createFit = (secrets: Pick<Secrets, "redact" | "search">): Fit => {
  const { redact } = secrets;
  const guard = createTextGuard(secrets);
  const line = (text: string): string => oneLine(redact(text), caps.line);
  return {
    line,
    step: (step) => ({
      ...step,
      name: oneLine(redact(step.name), caps.short),
      ...(step.input === undefined ? {} : { input: clip(redact(step.input).trim(), caps.paragraph) }),
      ...(step.detail === undefined
        ? {}
        : { detail: clip(redact(step.detail).trim(), caps.paragraph, "tail") }),
    }),
    report: async (report) =>
      textsOf(report).some(guard.isCompromised)
        ? fitReport(compromised(report), line, guard.clean)
        : fitReport(report, line, guard.clean),
  };
};

/** Nothing of it is passed on but what it cost. */
const compromised = ({ usage, agent, receipt }: RunReport): RunReport => ({
  outcome: "failed",
  reason: "guard",
  message:
    "The text of the result holds a credential of this run or its canary, or is packed so that nobody can tell, and is withheld: nothing of it is published. Look at what the ticket and the repository tell the agent to do.",
  usage,
  agent,
  ...(receipt === undefined ? {} : { receipt }),
});

const fitReport = async (
  report: RunReport,
  line: (text: string) => string,
  clean: Clean,
): Promise<RunReport> => {
  const common = {
    agent: line(report.agent),
    ...(report.receipt === undefined ? {} : { receipt: fitReceipt(report.receipt, line) }),
  };
  const paragraph = async (text: string, keep: Keep = "head"): Promise<string> =>
    clip((await clean(text)).trim(), caps.paragraph, keep);
  switch (report.outcome) {
    case "planned":
      return { ...report, ...common, plan: await fitPlan(report.plan, paragraph) };
    case "failed": {
      const { needsApproval } = report;
      return {
        ...report,
        ...common,
        message: await paragraph(report.message, "tail"),
        ...(needsApproval === undefined ? {} : { needsApproval: needsApproval.slice(0, caps.paths) }),
      };
    }
    case "implemented": {
      const { verification, gapAnalysis, stopped } = report;
      return {
        ...report,
        ...common,
        summary: await paragraph(report.summary),
        review: await fitReview(report.review, paragraph),
        ...(verification === undefined
          ? {}
          : { verification: await fitVerification(verification, line, paragraph) }),
        ...(gapAnalysis === undefined ? {} : { gapAnalysis: await fitGapAnalysis(gapAnalysis, clean) }),
        ...(stopped === undefined
          ? {}
          : { stopped: { ...stopped, message: await paragraph(stopped.message) } }),
      };
    }
  }
};

type Paragraph = (text: string, keep?: Keep) => Promise<string>;

const fitPlan = async ({ sections }: Plan, paragraph: Paragraph): Promise<Plan> => ({
  sections: await Promise.all(
    sections.map(async ({ kind, body }) => ({ kind, body: await paragraph(body) })),
  ),
});

const fitReview = async ({ findings, ...verdict }: Review, paragraph: Paragraph): Promise<Review> => ({
  ...verdict,
  findings: await Promise.all(findings.slice(0, caps.entries).map((finding) => paragraph(finding))),
});

const fitVerification = async (
  checked: Verification,
  line: (text: string) => string,
  paragraph: Paragraph,
): Promise<Verification> => ({
  ...checked,
  command: line(checked.command),
  output: await paragraph(checked.output, "tail"),
});

const fitGapAnalysis = async (analysis: GapAnalysis, clean: Clean): Promise<GapAnalysis> => {
  const line = async (text: string): Promise<string> => oneLine(await clean(text), caps.line);
  const claims = (all: GapAnalysis["gaps"]): Promise<GapAnalysis["gaps"]> =>
    Promise.all(
      all.slice(0, caps.entries).map(async ({ claim, ticketWords, file }) => ({
        claim: await line(claim),
        ...(ticketWords === undefined ? {} : { ticketWords: await line(ticketWords) }),
        ...(file === undefined ? {} : { file: await line(file) }),
      })),
    );
  return {
    implemented: await claims(analysis.implemented),
    gaps: await claims(analysis.gaps),
    manualSteps: await claims(analysis.manualSteps),
  };
};

/** Commands are the repository's words, and reasons may quote a program's. */
const fitReceipt = (
  receipt: NonNullable<RunReport["receipt"]>,
  line: (text: string) => string,
): NonNullable<RunReport["receipt"]> => ({
  ...receipt,
  weakerBecause: receipt.weakerBecause.map(line),
  commands: receipt.commands.map((ran) => ({ ...ran, command: line(ran.command) })),
});
