import type { Repository } from "../project.ts";
import type { RunId } from "../run.ts";
import type { TicketId } from "../ticket.ts";
import { type Instant, seconds } from "../time.ts";
import type { Remark } from "./remark.ts";

export type FeedbackKind = "command" | "review" | "inline-comment";

/** What a person wants changed on a pull request of ours. It is worked on once, by one revise run (§12). */
export interface Feedback {
  /** Of the remark, over all forges: the same one again is the same feedback. */
  readonly id: string;
  readonly ticketId: TicketId;
  readonly repository: Repository;
  readonly pullRequest: number;
  readonly kind: FeedbackKind;
  readonly author: string;
  readonly body: string;
  readonly path?: string;
  readonly line?: number;
  readonly url: string;
  readonly receivedAt: Instant;
  /** From then on a run may begin with it: a reviewer's comments come one by one. */
  readonly readyAt: Instant;
}

/** Feedback with the run that got it; null: it waits for one. */
export interface AssignedFeedback extends Feedback {
  readonly runId: RunId | null;
}

/** What one revise run is given at most, the oldest first; the next one gets what is left. */
export const mostFeedbackOfRun = 200;

/** What waits for a revise run, as far as a decision needs it. */
export interface PendingFeedback {
  readonly count: number;
  /** The newest. */
  readonly receivedAt: Instant;
  readonly readyAt: Instant;
}

/** What a remark asks for, if it may: the rest is conversation among people. */
export interface Request {
  readonly kind: FeedbackKind;
  readonly body: string;
}

const command = /^\s*\/ai-implement(?=\s|$)/i;

/** Null: nothing is asked of us. Whether its author may ask is another question (§11.7). */
export const requestIn = (remark: Remark): Request | null => {
  if (remark.isBot) return null;
  if (command.test(remark.body)) return { kind: "command", body: remark.body.replace(command, "").trim() };
  switch (remark.kind) {
    case "comment":
      return null;
    case "review":
      return remark.verdict === "changes-requested" ? { kind: "review", body: remark.body.trim() } : null;
    case "inline-comment":
      return { kind: "inline-comment", body: remark.body.trim() };
  }
};

/** How long a reviewer may take from one remark to the next. */
const settleMs = seconds(15);

/** A command is an order; what a reviewer says comes in pieces, which one run should see together. */
export const readyAt = (kind: FeedbackKind, receivedAt: Instant): Instant =>
  kind === "command" ? receivedAt : receivedAt + settleMs;
