/** What a diff says of one file. */
export interface FileDiff {
  readonly filename: string;
  readonly previousFilename: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
  /** Of the content after the change; of the one before where the file is removed. Null: only its name or mode changed. */
  readonly blob: string | null;
  readonly additions: number;
  readonly deletions: number;
  /** Its hunks; empty where the content is binary or did not change. */
  readonly patch: string;
}

/** Where a line of the new content stands in a file's diff. */
export interface DiffPlace {
  /** From the hunk's header down to the line. */
  readonly hunk: string;
  /** Lines below the first hunk's header. */
  readonly position: number;
}

/** Reads `git diff --full-index`. */
export const parseDiff = (diff: string): readonly FileDiff[] =>
  `\n${diff}`.split("\ndiff --git ").slice(1).map(parseFile);

/** @param part without the words that every file's part begins with */
const parseFile = (part: string): FileDiff => {
  const lines = part.replace(/\n$/, "").split("\n");
  const firstHunk = lines.findIndex((line) => line.startsWith("@@ "));
  const header = firstHunk === -1 ? lines : lines.slice(0, firstHunk);
  const hunks = firstHunk === -1 ? [] : lines.slice(firstHunk);
  const after = (prefix: string): string | null =>
    header.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? null;
  const status = statusOf(after);
  const filename = filenameOf(after, status, header[0] ?? "");
  const [, before = null, now = null] = /^([0-9a-f]+)\.\.([0-9a-f]+)/.exec(after("index ") ?? "") ?? [];
  return {
    filename,
    previousFilename: status === "renamed" ? unquote(after("rename from ") ?? "") : null,
    status,
    blob: status === "removed" ? before : now,
    additions: hunks.filter((line) => line.startsWith("+")).length,
    deletions: hunks.filter((line) => line.startsWith("-")).length,
    patch: hunks.join("\n"),
  };
};

type HeaderLine = (prefix: string) => string | null;

const statusOf = (after: HeaderLine): FileDiff["status"] => {
  if (after("new file mode ") !== null) return "added";
  if (after("deleted file mode ") !== null) return "removed";
  return after("rename to ") === null ? "modified" : "renamed";
};

const filenameOf = (after: HeaderLine, status: FileDiff["status"], both: string): string => {
  if (status === "renamed") return unquote(after("rename to ") ?? "");
  // Git ends a name that holds a space with a tab.
  const named = (status === "removed" ? after("--- ") : after("+++ "))?.replace(/\t$/, "");
  if (named !== undefined) return unquote(named).slice("a/".length);
  // A binary, empty or only re-moded file has no such line, and the same name on both sides of the first.
  return unquote(both.slice(0, (both.length - 1) / 2)).slice("a/".length);
};

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Git quotes a name with control characters, quotes or backslashes as C does. */
const unquote = (name: string): string =>
  name.startsWith('"')
    ? name
        .slice(1, -1)
        .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
          code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
        )
    : name;

/** Null: the diff does not show this line of the new content, so nobody can comment on it. */
export const placeInDiff = (files: readonly FileDiff[], path: string, line: number): DiffPlace | null => {
  const lines = files.find(({ filename }) => filename === path)?.patch.split("\n") ?? [];
  let hunkStart = 0;
  let next = Number.NaN;
  for (const [position, text] of lines.entries()) {
    const begins = /^@@ -\S+ \+(\d+)/.exec(text)?.[1];
    if (begins !== undefined) {
      hunkStart = position;
      next = Number(begins);
      continue;
    }
    if (text.startsWith("-") || text.startsWith("\\")) continue;
    if (next === line) return { hunk: lines.slice(hunkStart, position + 1).join("\n"), position };
    next += 1;
  }
  return null;
};
