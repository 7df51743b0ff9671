import { type ExecutorKind, executorKinds, type ForgeKind, forgeKinds, type Repository } from "../project.ts";
import type { Run, RunId } from "../run.ts";
import { type Ticket, type TrackerKind, trackerKinds, type WantedStage } from "../ticket.ts";

/** Enough of a ticket to write to it. */
export type TicketRef = Pick<Ticket, "id" | "tracker" | "scope" | "identifier">;

export const ticketRef = ({ id, tracker, scope, identifier }: TicketRef): TicketRef => ({
  id,
  tracker,
  scope,
  identifier,
});

export interface PullRequestDraft {
  readonly repository: Repository;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

/**
 * A write to the outside world that a state change wants (§9). It is stored in the transaction of that
 * change and delivered at least once; the key makes it once in effect.
 */
export type Effect =
  | { readonly kind: "dispatch-attempt"; readonly runId: RunId; readonly executor: ExecutorKind }
  | { readonly kind: "destroy-attempt"; readonly runId: RunId; readonly executor: ExecutorKind }
  | { readonly kind: "set-stage"; readonly ticket: TicketRef; readonly stage: WantedStage }
  | { readonly kind: "post-comment"; readonly ticket: TicketRef; readonly body: string }
  | { readonly kind: "publish-pull-request"; readonly runId: RunId; readonly pullRequest: PullRequestDraft }
  | {
      readonly kind: "comment-pull-request";
      readonly repository: Repository;
      readonly head: string;
      /** The comment's first line: a later comment with the same one replaces it. */
      readonly marker: string;
      readonly body: string;
    }
  /** Shows on a remark that it was taken, or that it was not. */
  | {
      readonly kind: "react";
      readonly repository: Repository;
      readonly remarkId: string;
      readonly reaction: Reaction;
    }
  /** Brings the templates in a project's repository up to date, by a pull request (§12). */
  | { readonly kind: "sync-templates"; readonly projectKey: string; readonly forge: ForgeKind };

/** `taken`: it will be worked on. `refused`: whoever wrote it may not ask for that. */
export type Reaction = "taken" | "refused";

export type EffectKind = Effect["kind"];

/** Unique for ever: recording the same intent twice records it once. */
export type EffectKey = string;

export interface EffectIntent {
  readonly key: EffectKey;
  /** What it is about: effects of one receiver and ticket go out in order. */
  readonly ticketId: string;
  readonly runId: RunId | null;
  readonly effect: Effect;
}

/** Who receives it. Effects are ordered per ticket and receiver, so one vendor that hangs stalls no other (§9). */
export type Receiver = `tracker:${TrackerKind}` | `forge:${ForgeKind}` | `executor:${ExecutorKind}`;

export const receivers: readonly Receiver[] = [
  ...executorKinds.map((kind) => `executor:${kind}` as const),
  ...trackerKinds.map((kind) => `tracker:${kind}` as const),
  ...forgeKinds.map((kind) => `forge:${kind}` as const),
];

export const receiverOf = (effect: Effect): Receiver => {
  switch (effect.kind) {
    case "dispatch-attempt":
    case "destroy-attempt":
      return `executor:${effect.executor}`;
    case "set-stage":
    case "post-comment":
      return `tracker:${effect.ticket.tracker}`;
    case "publish-pull-request":
      return `forge:${effect.pullRequest.repository.forge}`;
    case "comment-pull-request":
    case "react":
      return `forge:${effect.repository.forge}`;
    case "sync-templates":
      return `forge:${effect.forge}`;
  }
};

type RunRef = Pick<Run, "id" | "executor" | "ticket">;

const intent = (run: RunRef, key: string, effect: Effect): EffectIntent => ({
  key,
  ticketId: run.ticket.id,
  runId: run.id,
  effect,
});

export const dispatchAttempt = (run: RunRef): EffectIntent =>
  intent(run, `dispatch:${run.id}`, { kind: "dispatch-attempt", runId: run.id, executor: run.executor });

export const destroyAttempt = (run: RunRef): EffectIntent =>
  intent(run, `destroy:${run.id}`, { kind: "destroy-attempt", runId: run.id, executor: run.executor });

export const setStage = (run: RunRef, stage: WantedStage): EffectIntent =>
  intent(run, `stage:${run.id}:${stage}`, { kind: "set-stage", ticket: ticketRef(run.ticket), stage });

export const postComment = (run: RunRef, topic: string, body: string): EffectIntent =>
  intent(run, `comment:${run.id}:${topic}`, { kind: "post-comment", ticket: ticketRef(run.ticket), body });
