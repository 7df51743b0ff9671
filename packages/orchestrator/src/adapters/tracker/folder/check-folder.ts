import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../../../core/project.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { errorCode } from "./error-code.ts";
import { createSidecarStore, sidecarDirectory } from "./sidecar-store.ts";
import { locateFolder, ticketPathOf } from "./ticket-folder.ts";

/** Can this project's tickets be read and written back? Without a project: is `TICKETS_DIR` there? */
export const checkFolder = async (
  root: string,
  project: Project | null,
): Promise<readonly SetupFinding[]> => {
  const path = project === null ? "" : ticketPathOf(project);
  if (path === null) return [];
  const subject = project === null ? "TICKETS_DIR" : "ticketingConfig.path";
  try {
    const folder = await locateFolder(root, path);
    const touched = await createSidecarStore().exist(folder);
    const writable = touched ? join(folder.directory, sidecarDirectory) : folder.directory;
    const problems = [...(await denied(folder.directory, "read")), ...(await denied(writable, "write to"))];
    return problems.length === 0
      ? [{ subject, problem: null }]
      : problems.map((what) => ({
          subject,
          problem: { what, fix: "Give it the permission, then check again." },
        }));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return [{ subject, problem: { what, fix: "Correct the folder or the setting, then check again." } }];
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
