import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Project } from "../../../core/project.ts";
import type { TicketId } from "../../../core/ticket.ts";
import { errorCode } from "./error-code.ts";
import { ticketName } from "./schema.ts";

/** A folder of tickets that is known to stand inside `TICKETS_DIR`. */
export interface TicketFolder {
  /** Absolute, links resolved. */
  readonly directory: string;
  /** Relative to `TICKETS_DIR`, as people know it. */
  readonly path: string;
}

/** `ticketing.path` in one spelling: no leading, trailing or doubled slashes, no `.`. Empty is the root itself. */
const normalisePath = (path: string): string =>
  path
    .split(/[\\/]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .join("/");

/** The folder that a project's tickets stand in, or null where they stand in another tracker. */
export const ticketPathOf = ({ ticketing }: Project): string | null =>
  ticketing.kind === "folder" ? normalisePath(ticketing.path) : null;

const prefix = "folder:";

export const ticketIdOf = (path: string, name: string): TicketId =>
  `${prefix}${path === "" ? "" : `${path}/`}${name}`;

/** Null for an id that we cannot have made. */
export const parseTicketId = (id: TicketId): { readonly path: string; readonly name: string } | null => {
  if (!id.startsWith(prefix)) return null;
  const whole = id.slice(prefix.length);
  const slash = whole.lastIndexOf("/");
  const path = slash === -1 ? "" : whole.slice(0, slash);
  const name = whole.slice(slash + 1);
  const ours = path === normalisePath(path) && !path.split("/").includes("..");
  return ours && ticketName.safeParse(name).success ? { path, name } : null;
};

/** @throws Error that names `TICKETS_DIR` and the folder, with `missing` where it does not exist. */
export const locateFolder = async (root: string, path: string): Promise<TicketFolder> => {
  const realRoot = await resolve(root, `TICKETS_DIR (${root})`);
  const directory = await resolve(
    join(realRoot, path),
    `The ticket folder "${path}" in TICKETS_DIR (${root})`,
  );
  const fromRoot = relative(realRoot, directory);
  if (fromRoot === ".." || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot))
    throw new FolderError(
      `The ticket folder "${path}" leads out of TICKETS_DIR (${root}): use a folder inside it.`,
      { missing: false },
    );
  return { directory, path };
};

export class FolderError extends Error {
  override readonly name = "FolderError";
  /** True: it does not exist. False: it is there, but not usable. */
  readonly missing: boolean;

  constructor(message: string, options: { readonly missing: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.missing = options.missing;
  }
}

const resolve = async (path: string, name: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    const code = errorCode(error);
    const fix =
      code === "ENOENT" ? "create it, or correct the setting" : "make it readable for the orchestrator";
    throw new FolderError(`${name} cannot be read (${code}): ${fix}.`, {
      missing: code === "ENOENT",
      cause: error,
    });
  }
};
