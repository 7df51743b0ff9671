import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Project } from "../../../../core/project.ts";
import type { Tracker } from "../../../../ports/tracker.ts";
import { contractProject } from "../../contract-project.ts";
import { createFolderTracker } from "../folder-tracker.ts";
import { parseSidecar, type Sidecar } from "../sidecar.ts";

export const sceneTime = Date.UTC(2026, 10, 22, 9, 12);

/** A real folder of tickets, thrown away afterwards. */
export interface TicketFolderScene {
  readonly root: string;
  /** The project whose path is `tickets`. */
  readonly project: Project;
  readonly tracker: Tracker;
  /** What a restart of the service would have: nothing in memory. */
  restarted(): Tracker;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<string>;
  /** Our side of a ticket; throws when it is broken or missing. */
  sidecar(id: string): Promise<Sidecar>;
  close(): Promise<void>;
}

export const openTicketFolder = async (options: { maxFiles?: number } = {}): Promise<TicketFolderScene> => {
  const root = await mkdtemp(join(tmpdir(), "tickets-"));
  await mkdir(join(root, "tickets"));
  const path = (name: string): string => join(root, "tickets", name);
  const create = (): Tracker => createFolderTracker({ root, clock: { now: () => sceneTime }, ...options });
  return {
    root,
    project: contractProject({ kind: "folder", path: "tickets" }),
    tracker: create(),
    restarted: create,
    path,
    write: async (name, content) => {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), content);
    },
    read: (name) => readFile(path(name), "utf8"),
    sidecar: async (id) => {
      const parsed = parseSidecar(await readFile(path(`.ai-implement/${id}.yml`), "utf8"));
      if (parsed.kind === "broken") throw new Error(parsed.problem);
      return parsed.sidecar;
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
};

/** A ticket file's text. */
export const ticketText = (fields: Readonly<Record<string, string>>, body = "Do it."): string =>
  `---\n${Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join("")}---\n\n${body}\n`;
