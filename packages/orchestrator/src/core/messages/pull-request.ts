import type { GapAnalysis, RunnerFailureReason } from "@ai-implement/contracts";
import { fitted } from "../receipt/with-ending.ts";
import type { Run } from "../run.ts";
import type { PullRequestDraft } from "../runs/effects.ts";
import { type ImplementedReport, isApproved } from "../runs/outcome.ts";
import { closingNothing, codeSpan, headline, inert, link, listItem, oneLine, quoted } from "./foreign.ts";

const maxTitleLength = 200;

/** Title and body of the pull request (§12): what was done, what was checked, where it came from. */
export const pullRequestDraft = (run: Run, report: ImplementedReport): PullRequestDraft => ({
  repository: run.repository,
  head: run.branch,
  base: run.repository.defaultBranch,
  title: closingNothing(headline(`${run.ticket.identifier}: ${run.ticket.title}`, maxTitleLength)),
  body: pullRequestBody(run, report),
  draft: !isApproved(report),
});

/** Both leave room for the rest, and for what ends the description: the receipt (§11.3). */
const longestSummary = 15_000;
const longestFindings = 12_000;

const pullRequestBody = (run: Run, report: ImplementedReport): string =>
  [
    ...stopped(report),
    ...account(report),
    "",
    `Ticket: ${link(run.ticket.identifier, run.ticket.url)}`,
    `Done by: ${inert(oneLine(report.agent))}`,
    "",
    machineBlock(run, report),
  ].join("\n");

/** First of all, since what follows reads as if it were all. */
const stopped = ({ stopped: end }: ImplementedReport): string[] =>
  end === undefined
    ? []
    : [
        "> [!WARNING]",
        `> **The work was stopped before it was done** (${stoppedBy(end.reason)}). What there was by then is kept here.`,
        ">",
        inert(quoted(headline(end.message, longestReason))),
        "",
      ];

const longestReason = 500;

const stoppedBy = (reason: RunnerFailureReason): string =>
  reason === "budget" ? "the run's budget is spent" : reason;

const account = (report: ImplementedReport): string[] => [
  fitted(inert(quoted(report.summary)), longestSummary),
  "",
  "### Checked",
  "",
  ...checked(report),
  ...(report.review.findings.length === 0
    ? []
    : [
        "",
        "### Open findings of the reviewer",
        "",
        fitted(report.review.findings.map((finding) => inert(listItem(finding))).join("\n"), longestFindings),
      ]),
];

const checked = ({ review, verification, filesChanged }: ImplementedReport): string[] => [
  review.approved
    ? `- Review by a second agent session: approved after ${rounds(review.iterations)}.`
    : `- Review by a second agent session: **not approved** after ${rounds(review.iterations)}.`,
  verification === undefined
    ? "- No `verify` script is named in `WORKFLOW.md`, so nothing was run to check the result."
    : `- ${codeSpan(verification.command)}: ${verification.exitCode === 0 ? "passed" : `**failed** (exit ${verification.exitCode ?? "by signal"})`} in ${verification.seconds.toFixed(1)} s.`,
  `- ${filesChanged} ${filesChanged === 1 ? "file" : "files"} changed.`,
];

const rounds = (count: number): string => (count === 1 ? "1 round" : `${count} rounds`);

/** For programs; what we know of a pull request comes from our store, never from here (§11.7). */
const machineBlock = (run: Run, report: ImplementedReport): string =>
  `<!-- ai-implement ${JSON.stringify({ run: run.id, attempt: run.attempt, head: report.headCommit }).replaceAll("--", "—")} -->`;

export const gapAnalysisMarker = "## 🔍 AI-Implement: gap analysis";

/** Upserted on the pull request by its first line (§10.1). */
export const gapAnalysisComment = ({ implemented, gaps, manualSteps }: GapAnalysis): string =>
  [
    gapAnalysisMarker,
    ...section("Implemented", implemented),
    ...section("Gaps / partial", gaps),
    ...section("Manual steps required", manualSteps),
  ].join("\n");

const section = (heading: string, lines: GapAnalysis["implemented"]): string[] => [
  "",
  `### ${heading}`,
  "",
  ...(lines.length === 0 ? ["- None."] : lines.map(claimLine)),
];

const claimLine = ({ claim, ticketWords, file }: GapAnalysis["implemented"][number]): string =>
  [
    `- ${inert(oneLine(claim))}`,
    ...(ticketWords === undefined ? [] : [`— “${inert(oneLine(ticketWords))}”`]),
    ...(file === undefined ? [] : [`(${codeSpan(file)})`]),
  ].join(" ");
