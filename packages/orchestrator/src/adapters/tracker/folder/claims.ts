import type { TicketProblem } from "../../../core/ticket.ts";
import type { FileStamp } from "./read-text.ts";
import type { TicketText } from "./ticket-file.ts";

export interface TicketSight {
  readonly kind: "ticket";
  /** Absolute. */
  readonly file: string;
  /** As people know it, relative to `TICKETS_DIR`. */
  readonly source: string;
  readonly stamp: FileStamp;
  readonly text: TicketText;
}

export interface ProblemSight {
  readonly kind: "problem";
  /** The id that the file seems to claim; null where none can be read. */
  readonly claimedId: string | null;
  readonly problem: TicketProblem;
}

/** What one `*.md` file turned out to be. */
export type Sight = TicketSight | ProblemSight | { readonly kind: "nothing" };

export interface Claims {
  readonly tickets: readonly TicketSight[];
  /** By `claimKey`: ids that a file claims, but that cannot be relied on. */
  readonly unreliable: ReadonlyMap<string, TicketProblem>;
  /** Of files whose id could not be read: each may hold any ticket. */
  readonly nameless: readonly TicketProblem[];
  readonly problems: readonly TicketProblem[];
}

/** Ids that differ only in case are the same: on some disks their sidecars would be one file. */
export const claimKey = (id: string): string => id.toLowerCase();

type Claimant = TicketSight | ProblemSight;

/** Whose id is whose: an id that more than one file claims belongs to none of them. */
export const sortClaims = (sights: readonly Sight[]): Claims => {
  const byId = new Map<string | null, Claimant[]>();
  for (const sight of sights) {
    if (sight.kind === "nothing") continue;
    const id = idOf(sight);
    const group = byId.get(id);
    if (group === undefined) byId.set(id, [sight]);
    else group.push(sight);
  }
  const tickets: TicketSight[] = [];
  const unreliable = new Map<string, TicketProblem>();
  const nameless: TicketProblem[] = [];
  const problems: TicketProblem[] = [];
  for (const [id, group] of byId) {
    const told = id === null || group.length === 1 ? group.flatMap(ownProblem) : duplicates(group);
    problems.push(...told);
    if (id === null) nameless.push(...told);
    else if (told[0] !== undefined) unreliable.set(id, told[0]);
    else tickets.push(...group.filter((claimant) => claimant.kind === "ticket"));
  }
  return { tickets, unreliable, nameless, problems };
};

const idOf = (claimant: Claimant): string | null => {
  const id = claimant.kind === "ticket" ? claimant.text.fields.id : claimant.claimedId;
  return id === null ? null : claimKey(id);
};

const ownProblem = (claimant: Claimant): TicketProblem[] =>
  claimant.kind === "problem" ? [claimant.problem] : [];

const sourceOf = (claimant: Claimant): string =>
  claimant.kind === "ticket" ? claimant.source : claimant.problem.source;

const duplicates = (group: readonly Claimant[]): TicketProblem[] =>
  group.map((claimant) => {
    const others = group.filter((other) => other !== claimant).map(sourceOf);
    const own = claimant.kind === "problem" ? `${claimant.problem.problem}; ` : "";
    return {
      source: sourceOf(claimant),
      problem: `${own}its id is also claimed by ${others.slice(0, 5).join(", ")}`,
      fix: "Give each file an id of its own; none of them is worked on until then.",
    };
  });
