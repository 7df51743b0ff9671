import { opendir } from "node:fs/promises";
import { join } from "node:path";
import type { TicketProblem } from "../../../core/ticket.ts";
import { type Claims, claimKey, type Sight, sortClaims, type TicketSight } from "./claims.ts";
import { errorCode } from "./error-code.ts";
import { createFileCache } from "./file-cache.ts";
import { type FileStamp, readText, stampFile } from "./read-text.ts";
import { emptySidecar, type Sidecar, withStatus } from "./sidecar.ts";
import type { SidecarStore } from "./sidecar-store.ts";
import { settle } from "./status.ts";
import { type ParsedTicket, parseTicket } from "./ticket-file.ts";
import { FolderError, type TicketFolder } from "./ticket-folder.ts";

const maxTicketBytes = 256 * 1024;
const defaultMaxFiles = 10_000;
const cachedCharacters = 32 * 1024 * 1024;
/** Files looked at together: Node has few threads for them, so more would only wait. */
const batchSize = 32;

/** One ticket with our side of it. */
export interface FolderTicket extends Omit<TicketSight, "kind"> {
  readonly sidecar: Sidecar;
}

export interface FolderContents extends Omit<Claims, "tickets"> {
  readonly folder: TicketFolder;
  /** By id: only those that can be relied on. */
  readonly tickets: ReadonlyMap<string, FolderTicket>;
}

export interface FolderReader {
  /** @throws FolderError where the folder as a whole cannot be read. */
  read(folder: TicketFolder): Promise<FolderContents>;
  /** The author's status word as it stands now; null where the file no longer is that ticket. */
  currentWord(ticket: Pick<FolderTicket, "file" | "text">): Promise<string | null>;
}

export interface FolderReaderOptions {
  readonly sidecars: SidecarStore;
  readonly maxFiles: number | undefined;
  /** For a look that leaves no trace. */
  readonly readOnly: boolean;
}

export const createFolderReader = ({
  sidecars,
  maxFiles = defaultMaxFiles,
  readOnly,
}: FolderReaderOptions): FolderReader => {
  const cache = createFileCache<ParsedTicket>(cachedCharacters);

  const parseFile = async (
    file: string,
  ): Promise<
    | { readonly kind: "parsed"; readonly stamp: FileStamp; readonly ticket: ParsedTicket }
    | { readonly kind: "refused"; readonly problem: string; readonly fix: string }
    | null
  > => {
    const stamped = await stampFile(file);
    if (stamped.kind === "refused") return stamped;
    if (stamped.kind !== "file") return null;
    const cached = cache.find(file, stamped.stamp);
    if (cached !== undefined) return { kind: "parsed", stamp: stamped.stamp, ticket: cached };
    const found = await readText(file, maxTicketBytes);
    if (found.kind === "refused") return found;
    if (found.kind !== "text") return null;
    const ticket = parseTicket(found.text);
    cache.keep(file, found.stamp, ticket, found.text.length);
    return { kind: "parsed", stamp: found.stamp, ticket };
  };

  const look = async ({ directory, path }: TicketFolder, name: string): Promise<Sight> => {
    const file = join(directory, name);
    const source = path === "" ? name : `${path}/${name}`;
    const found = await parseFile(file);
    if (found === null) return { kind: "nothing" };
    if (found.kind === "refused")
      return {
        kind: "problem",
        claimedId: null,
        problem: { source, problem: found.problem, fix: found.fix },
      };
    const { stamp, ticket } = found;
    switch (ticket.kind) {
      case "ticket":
        return { kind: "ticket", file, source, stamp, text: ticket.ticket };
      case "malformed": {
        const { claimedId, problem, fix } = ticket;
        return { kind: "problem", claimedId, problem: { source, problem, fix } };
      }
      case "not-a-ticket":
        return { kind: "nothing" };
    }
  };

  const currentWord: FolderReader["currentWord"] = async ({ file, text }) => {
    const found = await parseFile(file);
    if (found?.kind !== "parsed" || found.ticket.kind !== "ticket") return null;
    const { id, status } = found.ticket.ticket.fields;
    return id === text.fields.id ? status : null;
  };

  /** Where the author has overruled us, our word is taken back for good: see `settle`. */
  const withSidecar = async (
    folder: TicketFolder,
    sight: TicketSight,
  ): Promise<FolderTicket | TicketProblem> => {
    const { id, status } = sight.text.fields;
    const found = await sidecars.read(folder, id);
    if (found.kind === "broken") return found.problem;
    const settled = withStatus(found.sidecar, settle(found.sidecar, status));
    if (readOnly || settled === found.sidecar) return { ...sight, sidecar: settled };
    try {
      const sidecar = await sidecars.update(folder, id, async (current) => {
        const word = await currentWord(sight);
        return word === null ? current : withStatus(current, settle(current, word));
      });
      return { ...sight, sidecar };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { source: sight.source, problem, fix: "Make its sidecar writable." };
    }
  };

  return {
    currentWord,
    read: async (folder) => {
      const names = await listMarkdown(folder, maxFiles);
      if (names === "too-many") return tooMany(folder, maxFiles);
      const claims = sortClaims(await inBatches(names, (name) => look(folder, name)));
      const touched = await sidecars.exist(folder);
      const results = await inBatches(claims.tickets, async (sight) => ({
        id: sight.text.fields.id,
        ticket: touched ? await withSidecar(folder, sight) : { ...sight, sidecar: emptySidecar },
      }));
      return contentsOf(folder, claims, results);
    },
  };
};

/** Sorted, so that problems are always told in the same order. */
const listMarkdown = async (
  { directory, path }: TicketFolder,
  maxFiles: number,
): Promise<readonly string[] | "too-many"> => {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(directory)) {
      // Editors keep their locks and swap files under names that begin with a dot.
      if (name.startsWith(".") || !name.toLowerCase().endsWith(".md")) continue;
      if (names.push(name) > maxFiles) return "too-many";
    }
  } catch (error) {
    throw new FolderError(
      `The ticket folder "${path}" in TICKETS_DIR cannot be read (${errorCode(error)}): it has to be a folder that the orchestrator may read.`,
      { missing: false, cause: error },
    );
  }
  return names.sort();
};

const contentsOf = (
  folder: TicketFolder,
  claims: Claims,
  results: readonly { readonly id: string; readonly ticket: FolderTicket | TicketProblem }[],
): FolderContents => {
  const tickets = new Map<string, FolderTicket>();
  const unreliable = new Map(claims.unreliable);
  const problems = [...claims.problems];
  for (const { id, ticket } of results) {
    if ("sidecar" in ticket) tickets.set(id, ticket);
    else {
      unreliable.set(claimKey(id), ticket);
      problems.push(ticket);
    }
  }
  return { folder, tickets, unreliable, nameless: claims.nameless, problems };
};

const tooMany = (folder: TicketFolder, maxFiles: number): FolderContents => {
  const problem: TicketProblem = {
    source: folder.path === "" ? "TICKETS_DIR" : folder.path,
    problem: `it holds more than ${maxFiles} Markdown files, so none of them is read`,
    fix: "Move finished tickets to another folder.",
  };
  return { folder, tickets: new Map(), unreliable: new Map(), nameless: [problem], problems: [problem] };
};

const inBatches = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += batchSize)
    results.push(...(await Promise.all(items.slice(start, start + batchSize).map(work))));
  return results;
};
