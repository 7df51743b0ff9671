import type { Project } from "../core/project.ts";
import type { TicketLookup } from "../core/reconcile/reconcile-ticket.ts";
import type { EffectKey, TicketRef } from "../core/runs/effects.ts";
import type { Ticket, TicketId, TicketProblem, TrackerKind, WantedStage } from "../core/ticket.ts";
import type { SetupFinding } from "./setup-finding.ts";

export interface Sighting {
  /** Every marked, active ticket of these projects, blocked ones included: the core decides. */
  readonly tickets: readonly Ticket[];
  /** What could not be read as a ticket, by name. */
  readonly problems: readonly TicketProblem[];
}

export type TicketChange =
  | { readonly kind: "stage"; readonly ticket: TicketRef; readonly stage: WantedStage }
  | { readonly kind: "comment"; readonly ticket: TicketRef; readonly body: string };

/** Tickets in, lifecycle out. A failed look-up throws; it never reads as "absent". */
export interface Tracker {
  readonly kind: TrackerKind;
  /**
   * A tracker that sees every scope at once lists the marked tickets of unmapped scopes too: the core says so of them.
   */
  listMarked(projects: readonly Project[]): Promise<Sighting>;
  /** Has an entry for every id that was asked for; `null` means the tracker answered that it does not exist. */
  lookUp(
    ids: readonly TicketId[],
    projects: readonly Project[],
  ): Promise<ReadonlyMap<TicketId, TicketLookup>>;
  /**
   * Once in effect: the same key again changes nothing, however often it is delivered.
   * @throws DeliveryError
   */
  apply(change: TicketChange, key: EffectKey): Promise<void>;
  /**
   * Everything that has to be right for this project, in the order in which a person would look; `null`: for the
   * account alone. A vendor that cannot be reached is a finding, not an error.
   */
  check(project: Project | null): Promise<readonly SetupFinding[]>;
}
