import type { Plan, PlanSection } from "@ai-implement/contracts";
import type { Run } from "../run.ts";
import type { CancelCause, PullRequestRef } from "../runs/events.ts";
import type { Failure } from "../runs/failure.ts";
import { type ImplementedReport, isApproved } from "../runs/outcome.ts";
import type { Ticket } from "../ticket.ts";
import { codeSpan, oneLine, paragraphs, quoted } from "./foreign.ts";

/** Fixed headings (§10.3): people and scripts look for them. */
const planHeadings: Readonly<Record<PlanSection["kind"], string>> = {
  architecture: "## 🏗️ AI Planning: Architecture Analysis",
  tests: "## 🧪 AI Planning: Test Plan",
  "work-units": "## 🧩 AI Planning: Work Units",
  context: "## 🔗 AI Planning: Cross-Story Context",
};

export interface TopicComment {
  readonly topic: string;
  readonly body: string;
}

/** One comment per kind of section, in the plan's order: sections of the same kind share their heading. */
export const planComments = ({ sections }: Plan): readonly TopicComment[] => {
  const bodies = new Map<PlanSection["kind"], string[]>();
  for (const { kind, body } of sections) bodies.set(kind, [...(bodies.get(kind) ?? []), paragraphs(body)]);
  return [...bodies].map(([kind, texts]) => ({
    topic: `plan-${kind}`,
    body: [planHeadings[kind], ...texts].join("\n\n"),
  }));
};

export const approvalComment = (ticket: Ticket): string => {
  const inTracker = {
    linear: "add the label `Plan-Approved`",
    jira: "set `AI-Implement Status` to `Plan Approved`",
    folder: "set `status: Plan Approved` in the ticket's file",
  }[ticket.tracker];
  return [
    "## ✋ The plan waits for your approval",
    "",
    `This project asks a person before anything is implemented. To go on, ${inTracker}, or approve ${oneLine(ticket.identifier)} in the admin UI or over the API.`,
  ].join("\n");
};

export const pullRequestComment = (
  { phase }: Pick<Run, "phase">,
  report: ImplementedReport,
  { number, url }: PullRequestRef,
): string => {
  const { review, verification } = report;
  const did = phase === "revise" ? "revised its" : "opened a";
  if (isApproved(report))
    return `🤖 AI-Implement ${did} pull request: [#${number}](${url})\n\n${paragraphs(report.summary)}`;
  const reasons = [
    ...(review.approved ? [] : [`the reviewing agent still objects after ${review.iterations} rounds`]),
    ...(verification === undefined || verification.exitCode === 0
      ? []
      : [`the repository's check ${codeSpan(verification.command)} does not pass`]),
  ];
  return `🤖 AI-Implement ${did} **draft** pull request, which needs a person: [#${number}](${url})\n\nIt is a draft because ${reasons.join(" and ")}. The findings are on the pull request.`;
};

export const failedComment = ({ ticket, phase, attempt }: Run, { message }: Failure): string => {
  const work = phase === "plan" ? "planning" : phase === "implement" ? "implementing" : "revising";
  const again = {
    linear: "Take the label `AI-Implement` off and put it back",
    jira: "Set `AI-Implement Status` back to `Ready` or `Plan Approved`",
    folder: "Set the status in the ticket's sidecar back to `Ready` or `Plan Approved`",
  }[ticket.tracker];
  return [
    `🤖 AI-Implement stopped ${work} this ticket (attempt ${attempt}).`,
    "",
    quoted(message),
    "",
    `It is parked until a person says otherwise. ${again}, or un-park ${oneLine(ticket.identifier)} in the admin UI or over the API, to try again.`,
  ].join("\n");
};

/** What was decided does not reach the world; it does once what is named is mended. */
export const heldUpComment = ({ ticket, phase, report }: Run, error: string): string => {
  const work = { plan: "planning", implement: "implementing", revise: "revising" }[phase];
  const what =
    report === undefined
      ? `cannot start ${work} this ticket`
      : "cannot open the pull request for this ticket";
  return [
    `🤖 AI-Implement ${what} yet:`,
    "",
    quoted(error),
    "",
    `It goes on by itself once that is over. Take the mark off ${oneLine(ticket.identifier)} to give it up.`,
  ].join("\n");
};

export const cancelledComment = ({ phase }: Run, cause: Exclude<CancelCause, "ticket-gone">): string => {
  const { why, next } = cancellation(cause);
  return `🤖 AI-Implement stopped the running ${phase} phase because ${why}. ${next}`;
};

const untilMarkedAgain = "Nothing more will be done here until a person marks the ticket again.";
const heldForADay =
  "The ticket is held for 24 hours from its dispatch, or until a person marks it again or clears its lease.";

const cancellation = (
  cause: Exclude<CancelCause, "ticket-gone">,
): { readonly why: string; readonly next: string } => {
  switch (cause) {
    case "ticket-closed":
      return { why: "the ticket was closed", next: untilMarkedAgain };
    case "ticket-unmarked":
      return { why: "its mark was taken away", next: untilMarkedAgain };
    case "operator":
      return { why: "an operator stopped it", next: heldForADay };
    case "executor":
      return { why: "it was cancelled where it ran", next: heldForADay };
    case "pull-request-merged":
      return { why: "its pull request was merged", next: "What it was working on is not part of the merge." };
    case "pull-request-closed":
      return { why: "its pull request was closed without a merge", next: untilMarkedAgain };
  }
};
