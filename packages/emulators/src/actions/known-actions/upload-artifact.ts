import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ActionEmulation } from "../action-emulation.ts";
import { readActionInputs } from "./action-inputs.ts";

const known = ["path", "name", "if-no-files-found", "retention-days", "include-hidden-files"];

/** `actions/upload-artifact`: one file or one folder; patterns are not emulated. */
export const uploadArtifact: ActionEmulation = {
  async run(given, _, job) {
    const inputs = readActionInputs(given, known);
    const path = inputs.required("path");
    if (/[*?[\n!]/.test(path))
      throw new Error(`The pattern ${path} is not emulated: name a file or a folder`);
    checkRetention(inputs.text("retention-days"));
    const hidden = inputs.flag("include-hidden-files", false);
    const files = await filesAt(resolve(job.workspace, path), hidden);
    if (Object.keys(files).length > 0) {
      job.request.uploadArtifact(inputs.text("name") || "artifact", files);
      return {};
    }
    const nothing = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
    switch (inputs.text("if-no-files-found")) {
      case "error":
        throw new Error(nothing);
      case "ignore":
        return {};
      default:
        job.log(`##[warning]${nothing}`);
        return {};
    }
  },
};

const maxRetentionDays = 90;

const checkRetention = (days: string): void => {
  if (days !== "" && !(Number(days) >= 0 && Number(days) <= maxRetentionDays))
    throw new Error(`retention-days is ${days}, and at most ${maxRetentionDays} days are possible`);
};

/** By their path in the archive: below the folder, or the file's own name. */
const filesAt = async (path: string, hidden: boolean): Promise<Readonly<Record<string, Uint8Array>>> => {
  const found = await stat(path).catch(() => null);
  // What is not there has no files: what that means is the step's own `if-no-files-found`.
  if (found === null) return {};
  const [root, names] = found.isDirectory()
    ? [path, await readdir(path, { recursive: true })]
    : [dirname(path), [basename(path)]];
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    if (!hidden && name.split("/").some((part) => part.startsWith("."))) continue;
    if ((await stat(join(root, name))).isFile()) files[name] = await readFile(join(root, name));
  }
  return files;
};
