import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ResultRequest } from "@ai-implement/contracts";
import { writeReport, writeWhole } from "./attempt-folder.ts";

/** The exact body of the result request, for whoever fetches this folder as an artifact (§8.4). */
export const writeResultFile = async (folder: string, result: ResultRequest): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, "result.json"), `${JSON.stringify(result)}\n`);
};

export interface ResultFolders {
  /** Of the attempt. */
  readonly own: string;
  /** `AI_IMPLEMENT_RESULT_DIR`; null when there is none. */
  readonly result: string | null;
}

/**
 * Before it is sent, so that it is found should this process end now or the orchestrator stay away.
 * @returns whether it lies everywhere where it should
 */
export const keepResult = async (
  { own, result: resultFolder }: ResultFolders,
  result: ResultRequest,
  log: (line: string) => void,
): Promise<boolean> => {
  const kept = async (name: string, folder: string, write: Promise<void>): Promise<boolean> => {
    try {
      await write;
      return true;
    } catch (error) {
      // A full disk must not keep a report back that can still be delivered.
      log(
        `${name} could not be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  };
  const isReportKept = await kept("report.json", own, writeReport(own, result));
  if (resultFolder === null) return isReportKept;
  return kept("result.json", resultFolder, writeResultFile(resultFolder, result));
};
