import type { Ticket, WantedStage } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { type EffectIntent, ticketRef } from "./effects.ts";
import type { PullRequestRef } from "./events.ts";

/** The ticket is done (§7.1 "merged"). */
export const mergedPullRequest = (ticket: Ticket, { number }: PullRequestRef): readonly EffectIntent[] => [
  ticketStage(ticket, "merged", `pull-request-${number}`),
];

/**
 * Closed without a merge: said on the ticket, which waits until a person marks it again (§12).
 * @param closedAt by the forge's clock: one that was reopened can be closed once more
 */
export const closedPullRequest = (
  ticket: Ticket,
  { number, url }: PullRequestRef,
  closedAt?: Instant,
): readonly EffectIntent[] => {
  const occasion = `pull-request-${number}-closed${closedAt === undefined ? "" : `:${closedAt}`}`;
  return [
    ticketStage(ticket, "implementing-failed", occasion),
    {
      key: `comment:${ticket.id}:${occasion}`,
      ticketId: ticket.id,
      runId: null,
      effect: {
        kind: "post-comment",
        ticket: ticketRef(ticket),
        body: `🤖 The pull request [#${number}](${url}) was closed without a merge. This ticket waits until somebody marks it again.`,
      },
    },
  ];
};

/** A stage that follows from something else than a run; `occasion` makes it once per occasion. */
export const ticketStage = (ticket: Ticket, stage: WantedStage, occasion: string): EffectIntent => ({
  key: `stage:${ticket.id}:${stage}:${occasion}`,
  ticketId: ticket.id,
  runId: null,
  effect: { kind: "set-stage", ticket: ticketRef(ticket), stage },
});
