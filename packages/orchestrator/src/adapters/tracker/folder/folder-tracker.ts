import type { Project } from "../../../core/project.ts";
import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { TicketRef } from "../../../core/runs/effects.ts";
import type { Ticket, TicketId, TicketProblem } from "../../../core/ticket.ts";
import type { Clock } from "../../../ports/clock.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { Sighting, Tracker } from "../../../ports/tracker.ts";
import { checkFolder } from "./check-folder.ts";
import { claimKey } from "./claims.ts";
import { createFolderReader, type FolderContents, type FolderTicket } from "./folder-reader.ts";
import { withComment, withStatus } from "./sidecar.ts";
import { createSidecarStore } from "./sidecar-store.ts";
import { withStage } from "./status.ts";
import { FolderError, locateFolder, parseTicketId, ticketPathOf } from "./ticket-folder.ts";
import { toTicket } from "./to-ticket.ts";

export interface FolderTrackerOptions {
  /** `TICKETS_DIR`. */
  readonly root: string;
  readonly clock: Clock;
  /** Markdown files of one folder that are read; above it, none is. Default 10,000. */
  readonly maxFiles?: number;
  /** Reading then writes nothing either, not even that a person's word has replaced ours. */
  readonly readOnly?: boolean;
}

/**
 * Tickets as Markdown files with front matter; our stage and comments in a sidecar beside them, never in the
 * author's file (§7.1). One process at a time may write to a folder.
 */
export const createFolderTracker = ({
  root,
  clock,
  maxFiles,
  readOnly = false,
}: FolderTrackerOptions): Tracker => {
  const sidecars = createSidecarStore();
  const reader = createFolderReader({ sidecars, maxFiles, readOnly });

  const listMarked = async (projects: readonly Project[]): Promise<Sighting> => {
    const tickets: Ticket[] = [];
    const problems: TicketProblem[] = [];
    for (const [path, owners] of byPath(projects)) {
      const contents = await reader.read(await locateFolder(root, path));
      problems.push(...contents.problems);
      const [owner, ...others] = owners;
      if (owner === undefined) continue;
      if (others.length > 0) problems.push(sharedFolder(path, owners));
      else tickets.push(...markedTickets(contents, owner));
    }
    return { tickets, problems };
  };

  const lookUp: Tracker["lookUp"] = async (ids, projects) => {
    const owners = byPath(projects);
    const known = new Map<string, FolderContents | null>();
    const found = new Map<TicketId, TicketLookup>();
    for (const id of ids) {
      const parts = parseTicketId(id);
      if (parts === null) {
        found.set(id, null);
        continue;
      }
      const { path, name } = parts;
      const owner = owners.get(path)?.[0];
      const contents = known.get(path) ?? (await readForLookUp(path, owner !== undefined));
      known.set(path, contents);
      const ticket = contents === null ? null : ticketNamed(contents, name);
      found.set(
        id,
        contents === null || ticket === null ? null : toTicket(contents, ticket, owner?.key ?? path),
      );
    }
    return found;
  };

  /** Null where no project uses the folder any more and it is not there: its tickets are gone with it. */
  const readForLookUp = async (path: string, used: boolean): Promise<FolderContents | null> => {
    await locateFolder(root, "");
    try {
      return await reader.read(await locateFolder(root, path));
    } catch (error) {
      if (!used && error instanceof FolderError && error.missing) return null;
      throw error;
    }
  };

  const apply: Tracker["apply"] = async (change, key) => {
    const parts = parseTicketId(change.ticket.id);
    if (parts === null) throw permanent(`"${change.ticket.id}" is not a ticket of the folder tracker.`);
    const folder = await locateFolder(root, parts.path);
    await sidecars.requireSound(folder, parts.name);
    const ticket = forWriting(await reader.read(folder), parts.name, change.ticket);
    await sidecars.update(folder, parts.name, async (current) => {
      if (change.kind === "comment")
        return withComment(current, { key, at: new Date(clock.now()).toISOString(), body: change.body });
      const word = await reader.currentWord(ticket);
      if (word === null)
        throw new DeliveryError(`${ticket.source} was changed while its stage was written.`, {
          retryable: true,
        });
      return withStatus(current, withStage(current, word, change.stage));
    });
  };

  return { kind: "folder", listMarked, lookUp, apply, check: (project) => checkFolder(root, project) };
};

const byPath = (projects: readonly Project[]): ReadonlyMap<string, readonly Project[]> => {
  const owners = new Map<string, Project[]>();
  for (const project of projects) {
    const path = ticketPathOf(project);
    if (path !== null) owners.set(path, [...(owners.get(path) ?? []), project]);
  }
  return owners;
};

const sharedFolder = (path: string, owners: readonly Project[]): TicketProblem => ({
  source: path === "" ? "TICKETS_DIR" : path,
  problem: `the projects ${owners.map(({ key }) => key).join(", ")} all read this folder, so its tickets belong to none`,
  fix: "Give each project a folder of its own (ticketingConfig.path).",
});

const markedTickets = (contents: FolderContents, { key }: Project): readonly Ticket[] =>
  [...contents.tickets.values()]
    .map((ticket) => toTicket(contents, ticket, key))
    .filter(({ marked, ticket }) => marked && ticket.lifecycle === "active")
    .map(({ ticket }) => ticket);

/** Null is "not there". @throws Error where a file that cannot be relied on may hold it: unknown is not absent (§5.4). */
const ticketNamed = (contents: FolderContents, name: string): FolderTicket | null => {
  const ticket = contents.tickets.get(name);
  if (ticket !== undefined) return ticket;
  const [doubt] = [contents.unreliable.get(claimKey(name)), ...contents.nameless].filter(
    (problem) => problem !== undefined,
  );
  if (doubt === undefined) return null;
  throw new Error(
    `Ticket ${name} cannot be looked up, because of ${doubt.source}: ${doubt.problem}. ${doubt.fix}`,
  );
};

const forWriting = (contents: FolderContents, name: string, { identifier }: TicketRef): FolderTicket => {
  const ticket = ticketNamed(contents, name);
  if (ticket === null)
    throw permanent(`Ticket ${identifier} is no longer in ${contents.folder.path || "TICKETS_DIR"}.`);
  return ticket;
};
