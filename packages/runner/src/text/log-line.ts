/**
 * A line for people. On GitHub Actions, what a job prints is searched for commands to its runner (`::command::` at the
 * start of a line, `##[command]` anywhere in it), and what we print may quote a ticket, a repository or an agent: the
 * marks are broken up. What may stand before them is white space to GitHub's runner (.NET), which knows one more than we do: NEL.
 */
export const toLogLine = (text: string): string =>
  text.replace(/^([\s\u0085]*):(?=:)/gm, "$1: ").replaceAll("##[", "## [");
