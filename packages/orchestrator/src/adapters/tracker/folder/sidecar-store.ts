import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { TicketProblem } from "../../../core/ticket.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import { errorCode } from "./error-code.ts";
import { createFileCache } from "./file-cache.ts";
import { readText, stampFile } from "./read-text.ts";
import { replaceFile } from "./replace-file.ts";
import { emptySidecar, formatSidecar, parseSidecar, type Sidecar } from "./sidecar.ts";
import { FolderError, type TicketFolder } from "./ticket-folder.ts";

export const sidecarDirectory = ".ai-implement";

const maxSidecarBytes = 8 * 1024 * 1024;
const cachedCharacters = 8 * 1024 * 1024;
/** How often a person may save the sidecar while we are about to write it. */
const maxTries = 5;

export type ReadSidecar =
  | { readonly kind: "sidecar"; readonly sidecar: Sidecar }
  | { readonly kind: "broken"; readonly problem: TicketProblem };

/** Our files beside the tickets, `<folder>/.ai-implement/<id>.yml`. Writes are whole or not at all. */
export interface SidecarStore {
  /** A ticket that we never touched has the empty one. */
  read(folder: TicketFolder, name: string): Promise<ReadSidecar>;
  /** @throws DeliveryError, permanent where the sidecar is broken: no later try can help before a person does. */
  requireSound(folder: TicketFolder, name: string): Promise<Sidecar>;
  /**
   * One change of a ticket at a time. A change that returns what it was given writes nothing.
   * @throws DeliveryError, permanent where the sidecar is broken: it is never written over.
   */
  update(
    folder: TicketFolder,
    name: string,
    change: (current: Sidecar) => Sidecar | Promise<Sidecar>,
  ): Promise<Sidecar>;
  /** Whether the folder has sidecars at all. @throws FolderError where something else stands in their place. */
  exist(folder: TicketFolder): Promise<boolean>;
}

export const createSidecarStore = (): SidecarStore => {
  const lanes = createLanes();
  const cache = createFileCache<ReadSidecar>(cachedCharacters);

  const read = async (folder: TicketFolder, name: string): Promise<ReadSidecar> => {
    const path = pathOf(folder, name);
    const stamped = await stampFile(path);
    if (stamped.kind === "gone") return { kind: "sidecar", sidecar: emptySidecar };
    if (stamped.kind === "file") {
      const cached = cache.find(path, stamped.stamp);
      if (cached !== undefined) return cached;
    }
    const found = await readText(path, maxSidecarBytes);
    if (found.kind === "gone") return { kind: "sidecar", sidecar: emptySidecar };
    if (found.kind !== "text")
      return broken(folder, name, found.kind === "refused" ? found.problem : "it is not a file");
    const parsed = parseSidecar(found.text);
    const result = parsed.kind === "sidecar" ? parsed : broken(folder, name, parsed.problem);
    cache.keep(path, found.stamp, result, found.text.length);
    return result;
  };

  const requireSound = async (folder: TicketFolder, name: string): Promise<Sidecar> => {
    const current = await read(folder, name);
    if (current.kind === "broken") throw permanent(asSentence(current.problem));
    return current.sidecar;
  };

  const tryUpdate = async (
    folder: TicketFolder,
    name: string,
    change: (current: Sidecar) => Sidecar | Promise<Sidecar>,
  ): Promise<Sidecar | "changed-meanwhile"> => {
    const path = pathOf(folder, name);
    const before = await identityOf(path);
    const current = await requireSound(folder, name);
    const next = await change(current);
    if (next === current) return next;
    const bytes = Buffer.from(formatSidecar(next));
    if (bytes.length > maxSidecarBytes)
      throw permanent(`${labelOf(folder, name)} would be larger than 8 MiB: move old comments out of it.`);
    const unchanged = async () => (await identityOf(path)) === before;
    const written = await replaceFile(path, bytes, unchanged);
    return written ? next : "changed-meanwhile";
  };

  return {
    read,
    requireSound,
    exist,
    update: (folder, name, change) =>
      lanes.run(pathOf(folder, name), async () => {
        await exist(folder);
        for (let tries = 0; tries < maxTries; tries += 1) {
          const result = await tryUpdate(folder, name, change);
          if (result !== "changed-meanwhile") return result;
        }
        throw new DeliveryError(
          `${labelOf(folder, name)} was changed by somebody else at every one of ${maxTries} tries to write it.`,
          { retryable: true },
        );
      }),
  };
};

const pathOf = ({ directory }: TicketFolder, name: string): string =>
  join(directory, sidecarDirectory, `${name}.yml`);

const labelOf = ({ path }: TicketFolder, name: string): string =>
  [path, sidecarDirectory, `${name}.yml`].filter(Boolean).join("/");

const broken = (folder: TicketFolder, name: string, problem: string): ReadSidecar => ({
  kind: "broken",
  problem: {
    source: labelOf(folder, name),
    problem,
    fix: "Mend the sidecar, or move it away to begin anew; it is not written over.",
  },
});

const asSentence = ({ source, problem, fix }: TicketProblem): string => `${source}: ${problem}. ${fix}`;

const identityOf = async (path: string): Promise<string> => {
  const stamped = await stampFile(path);
  return stamped.kind === "file" ? stamped.stamp.identity : stamped.kind;
};

const exist = async (folder: TicketFolder): Promise<boolean> => {
  const path = join(folder.directory, sidecarDirectory);
  const label = [folder.path, sidecarDirectory].filter(Boolean).join("/");
  try {
    if ((await lstat(path)).isDirectory()) return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return false;
    throw new FolderError(`${label} in TICKETS_DIR cannot be read (${code}): make it readable.`, {
      missing: false,
      cause: error,
    });
  }
  throw new FolderError(
    `${label} in TICKETS_DIR is not a folder (a link is not followed): move it away, the sidecars go there.`,
    { missing: false },
  );
};
