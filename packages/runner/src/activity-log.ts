import { appendFileSync, closeSync, constants, openSync } from "node:fs";

/** What the agent did, line by line, in a file of bounded size. */
export interface ActivityLog {
  /** @param line redacted, one line */
  write(line: string): void;
}

const maxCharacters = 5_000_000;

/**
 * Written at once and in order, so that the last lines of a runner that dies are there.
 * @param onProblem gets the one complaint when the file cannot be written any more; the run goes on
 */
export const createActivityLog = (
  path: string,
  now: () => Date,
  onProblem: (message: string) => void,
): ActivityLog => {
  let written = 0;
  return {
    write: (line) => {
      if (written > maxCharacters) return;
      const entry = `${now().toISOString()} ${line}\n`;
      written += entry.length;
      try {
        append(path, written > maxCharacters ? "… the log is full; the rest is left out\n" : entry);
      } catch (error) {
        written = Number.POSITIVE_INFINITY;
        onProblem(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
};

/** Without following a link that a repository or an agent put there, or waiting for a pipe's reader. */
const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const append = (path: string, text: string): void => {
  const file = openSync(path, appendFlags, 0o600);
  try {
    appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
};
