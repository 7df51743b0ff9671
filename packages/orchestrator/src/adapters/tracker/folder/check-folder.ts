import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../../../core/project.ts";
import { errorCode } from "./error-code.ts";
import { createSidecarStore, sidecarDirectory } from "./sidecar-store.ts";
import { locateFolder, ticketPathOf } from "./ticket-folder.ts";

/** What a person must mend before this project's tickets can be read and written back. */
export const checkFolder = async (root: string, project: Project): Promise<readonly string[]> => {
  const path = ticketPathOf(project);
  if (path === null) return [];
  try {
    const folder = await locateFolder(root, path);
    const touched = await createSidecarStore().exist(folder);
    const writable = touched ? join(folder.directory, sidecarDirectory) : folder.directory;
    return [...(await denied(folder.directory, "read")), ...(await denied(writable, "write to"))];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

const denied = async (directory: string, need: "read" | "write to"): Promise<string[]> => {
  const mode = need === "read" ? constants.R_OK | constants.X_OK : constants.W_OK | constants.X_OK;
  try {
    await access(directory, mode);
    return [];
  } catch (error) {
    return [`The orchestrator's user has to be able to ${need} ${directory} (${errorCode(error)}).`];
  }
};
