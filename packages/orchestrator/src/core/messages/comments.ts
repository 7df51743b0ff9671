import type { Plan, PlanSection } from "@ai-implement/contracts";
import type { Run } from "../run.ts";
import type { CancelCause, PullRequestRef } from "../runs/events.ts";
import type { Failure } from "../runs/failure.ts";
import { type ImplementedReport, isApproved } from "../runs/outcome.ts";
import type { Ticket } from "../ticket.ts";
import { filesAskedFor } from "./files-asked-for.ts";
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
  const { review, verification, stopped } = report;
  if (stopped !== undefined)
    return [
      `🤖 AI-Implement was stopped before it was done, and kept its work in a **draft** pull request: [#${number}](${url})`,
      "",
      quoted(stopped.message),
      "",
      "This ticket is parked until a person says how to go on: raise the limit that is named, and write `/ai-implement` with what is left to do on the pull request; or finish it by hand.",
    ].join("\n");
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

export const failedComment = (run: Run, { message }: Failure): string => {
  const { ticket, phase, attempt } = run;
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
    ...approvalOfFiles(run),
    `It is parked until a person says otherwise. ${again}, or un-park ${oneLine(ticket.identifier)} in the admin UI or over the API, to try again.`,
  ].join("\n");
};

/** In characters: what follows them has to fit into every tracker's comment as well. */
const longestFileList = 10_000;

/** How a person agrees to files that the guard holds back (§11.4). */
const approvalOfFiles = ({ ticket, report }: Run): readonly string[] => {
  const paths = filesAskedFor(report);
  if (paths.length === 0) return [];
  const request = `POST /api/issues/${encodeURIComponent(ticket.id)}/approve-files`;
  return [
    "A person may agree to these files being changed:",
    "",
    ...fileList(paths),
    "",
    `To agree, send ${codeSpan(request)} with \`{"paths": [...]}\` to this service's API: the ticket is then tried again. The agreement lasts until its pull request is merged or closed.`,
    "",
  ];
};

const fileList = (paths: readonly string[]): readonly string[] => {
  const shown: string[] = [];
  let length = 0;
  for (const path of paths) {
    const item = `- ${codeSpan(visible(path))}`;
    length += item.length;
    if (length > longestFileList)
      return [...shown, `- and ${paths.length - shown.length} more, which the next try asks for`];
    shown.push(item);
  }
  return shown;
};

/** What nobody sees, as JSON writes it: people agree to the very path that they read, and send it back as it stands here. */
const visible = (path: string): string =>
  path.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

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
