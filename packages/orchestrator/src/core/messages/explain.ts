import type { Decision, SkipReason } from "../dispatch/decision.ts";
import type { Obstacle } from "../dispatch/snapshot.ts";
import type { Ticket } from "../ticket.ts";
import type { FormatInstant } from "../time.ts";
import { headline } from "./foreign.ts";

/** Longer than any sentence of ours: what follows is a stranger's log. */
const maxForeign = 500;

const foreign = (text: string): string => headline(text, maxForeign) || "no reason was given";

/** A decision in a sentence, with what a person needs to act on it (§6, promise 3). */
export const explain = (decision: Decision, format: FormatInstant): string =>
  decision.kind === "dispatch"
    ? `${decision.phase} would start now in ${decision.project.key}${decision.tryNumber > 1 ? `, try ${decision.tryNumber}` : ""}`
    : decision.reason.kind === "no-mapping"
      ? unmapped(decision.ticket)
      : explainSkip(decision.reason, format);

/** With what keeps it from reaching the world, where something does. */
export const explainHeldUp = (
  decision: Decision,
  obstacle: Obstacle | undefined,
  format: FormatInstant,
): string => {
  const said = explain(decision, format);
  return obstacle === undefined
    ? said
    : `${said}; held up, next try at ${format(obstacle.retryAt)}: ${foreign(obstacle.error)}`;
};

/** Only Linear shows the tickets of scopes that no project asks for: those of every team that its key sees. */
const unmapped = ({ tracker, scope }: Ticket): string =>
  `no project is mapped to ${tracker === "linear" ? "the Linear team" : "its scope,"} ${foreign(scope)}`;

const explainSkip = (reason: Exclude<SkipReason, { kind: "no-mapping" }>, format: FormatInstant): string => {
  switch (reason.kind) {
    case "in-flight":
      return reason.runId === null
        ? `its marker says working, but no run of ours does: it is reset at ${format(reason.resetsAt)}`
        : `the ${reason.phase} run has been going since ${format(reason.since)}`;
    case "ready-for-review":
      return explainReview(reason);
    case "parked":
      return `parked since ${format(reason.since)}: ${foreign(reason.why)}`;
    case "backing-off":
      return `tries again at ${format(reason.until)}: ${foreign(reason.why)}`;
    case "paused":
      return "the project is paused";
    case "tracker-error":
      return `its tracker has been failing since ${format(reason.since)}: ${foreign(reason.error)}`;
    case "blocked":
      return `blocked by ${reason.by.map(({ identifier, state }) => foreign(`${identifier} (${state})`)).join(", ")}`;
    case "awaiting-approval":
      return `its plan, complete since ${format(reason.since)}, waits for a person's approval`;
    case "dedup":
      return `already dispatched as run ${reason.runId}: held until ${format(reason.until)}`;
    case "budget":
      return `the ${reason.window}'s budget has no room for a run: $${reason.spentUsd.toFixed(2)} of $${reason.limitUsd.toFixed(2)} are spent or reserved`;
    case "review-backlog":
      return `waits for reviews: ${reason.open} of ${reason.max} pull requests are open or being made`;
    case "concurrency":
      return `waits for capacity: ${reason.working} of ${reason.max} tickets are being worked on`;
  }
};

const explainReview = ({
  pullRequest,
  merged,
}: Extract<SkipReason, { kind: "ready-for-review" }>): string => {
  const name = pullRequest === null ? "its pull request" : `pull request #${pullRequest}`;
  return merged ? `${name} is merged: mark the ticket again for more work` : `${name} waits for a person`;
};

/** What a person can do about it, as the API names it; null where only time or other work clears it. */
export const clearingAction = (reason: SkipReason): string | null => {
  switch (reason.kind) {
    case "no-mapping":
      return "POST /api/mappings";
    case "parked":
      return "POST /api/parked/:ticketId/clear";
    case "awaiting-approval":
      return "POST /api/issues/:ticketId/approve";
    case "dedup":
      return "DELETE /api/dedup/:ticketId";
    case "paused":
    case "budget":
    case "review-backlog":
    case "concurrency":
      return "PATCH /api/mappings/:teamKey";
    case "in-flight":
    case "ready-for-review":
    case "backing-off":
    case "tracker-error":
    case "blocked":
      return null;
  }
};
