import { lstat } from "node:fs/promises";
import { runCommand, succeeded } from "../../process/run-command.ts";

/** Whose the folder is meanwhile: `nobody`, which exists wherever user ids are mapped at all. */
const holder = "65534";
const timeoutMs = 5 * 60_000;

/** The folder is its owner's again. @throws Error where that cannot be done: nothing may be published of it then */
export type GiveBack = () => Promise<void>;

/**
 * Takes a folder and what is in it away from its owner, who can still read it by its group but change nothing. Only
 * what is the owner's changes hands, and only that comes back. None of the owner's processes may run meanwhile; the
 * runner has to be root, and the owner somebody else.
 * @throws Error where that cannot be done
 */
export const withhold = async (folder: string, path: string): Promise<GiveBack> => {
  const owner = String((await lstat(folder)).uid);
  await each(folder, owner, path, ["!", "-type", "l", "-exec", "chmod", "g-w,o-w,g+rX", "{}", "+"]);
  await each(folder, owner, path, ["-exec", "chown", "-h", holder, "{}", "+"]);
  return () => each(folder, holder, path, ["-exec", "chown", "-h", owner, "{}", "+"]);
};

const each = async (
  folder: string,
  owner: string,
  path: string,
  action: readonly string[],
): Promise<void> => {
  const result = await runCommand({
    command: "find",
    arguments: [folder, "-xdev", "-uid", owner, ...action],
    directory: "/",
    environment: { PATH: path, LANG: "C.UTF-8" },
    timeoutMs,
    signal: new AbortController().signal,
    maxOutput: 2_000,
    keep: "tail",
  });
  if (!succeeded(result))
    throw new Error(`the clone could not be locked or unlocked: ${result.stderr.trim().slice(0, 500)}`);
};
