import { type Checkout, inCheckout } from "../../git/checkout.ts";
import type { Git } from "../../git/git.ts";
import type { ChangedEntry, ChangedFile, FileContent } from "./change.ts";
import { limits } from "./limits.ts";

/** What is not there is not fetched: the new files are all ours, and an old one that is missing reads as empty. */
const offline = { GIT_NO_LAZY_FETCH: "1" };

/** Of two commits or trees, by ids alone: neither attributes nor filters of the repository have a say. @throws GitError */
export const changedEntries = async (
  git: Git,
  checkout: Checkout,
  from: string,
  to: string,
): Promise<readonly ChangedEntry[]> => {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none", from, to];
  const fields = (
    await git.read([...inCheckout(checkout), ...args], {
      directory: checkout.directory,
      environment: offline,
    })
  ).split("\0");
  const entries: ChangedEntry[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = "", newMode = "", oldId = "", newId = ""] = (fields[index] ?? "").slice(1).split(" ");
    entries.push({ path: fields[index + 1] ?? "", oldMode, newMode, oldId, newId });
  }
  return entries;
};

/** The files of a change with their content, out of our own objects: the folder may have changed since. @throws GitError */
export const readFiles = async (
  git: Git,
  checkout: Checkout,
  entries: readonly ChangedEntry[],
): Promise<readonly ChangedFile[]> => {
  const blobs = entries.filter(isReadable);
  const sizes = await sizesOf(
    git,
    checkout,
    blobs.flatMap(({ oldId, newId }) => [oldId, newId]),
  );
  const isSmall = (id: string): boolean => (sizes.get(id) ?? Number.POSITIVE_INFINITY) <= limits.fileBytes;
  const total = blobs.reduce((sum, { newId }) => sum + (sizes.get(newId) ?? 0), 0);
  const wanted = total > limits.totalBytes ? [] : blobs.flatMap(({ oldId, newId }) => [oldId, newId]);
  const contents = await contentsOf(git, checkout, wanted.filter(isSmall), sizes);
  return entries.map((entry) => ({
    entry,
    content: contentOf(entry, sizes.get(entry.newId), contents.get(entry.newId)),
    before: contents.get(entry.oldId) ?? "",
  }));
};

const regular = /^100/;
const isReadable = ({ newMode }: ChangedEntry): boolean => regular.test(newMode);

const contentOf = (
  { newMode }: ChangedEntry,
  size: number | undefined,
  bytes: string | undefined,
): FileContent => {
  if (newMode === "000000") return { kind: "gone" };
  if (size === undefined) return { kind: "unreadable" };
  return bytes === undefined ? { kind: "too-large", size } : { kind: "bytes", size, bytes };
};

const isObject = (id: string): boolean => /[1-9a-f]/.test(id);

const ask = (git: Git, checkout: Checkout, question: string, ids: readonly string[], maxOutput: number) =>
  git.read([...inCheckout(checkout), "cat-file", question], {
    directory: checkout.directory,
    input: ids.map((id) => `${id}\n`).join(""),
    encoding: "latin1",
    environment: offline,
    maxOutput,
  });

/** In bytes; what is missing has none. */
const sizesOf = async (
  git: Git,
  checkout: Checkout,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const known = [...new Set(ids.filter(isObject))];
  if (known.length === 0) return new Map();
  const listing = await ask(git, checkout, "--batch-check", known, 200 * known.length);
  return new Map(
    listing.split("\n").flatMap((line) => {
      const [id = "", type, size] = line.split(" ");
      return type === "blob" ? [[id, Number(size)] as const] : [];
    }),
  );
};

/** `<id> blob <size>`, a line break, the bytes, a line break: once for each id, in their order. */
const contentsOf = async (
  git: Git,
  checkout: Checkout,
  ids: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, string>> => {
  const known = [...new Set(ids)];
  if (known.length === 0) return new Map();
  const bytes = known.reduce((sum, id) => sum + (sizes.get(id) ?? 0) + 200, 0);
  const answer = await ask(git, checkout, "--batch", known, bytes);
  const contents = new Map<string, string>();
  let at = 0;
  for (const id of known) {
    const start = answer.indexOf("\n", at) + 1;
    const end = start + (sizes.get(id) ?? 0);
    if (answer.slice(at, start) !== `${id} blob ${end - start}\n` || end > answer.length)
      throw new Error(`git did not give the content of ${id} in the form it is asked for`);
    contents.set(id, answer.slice(start, end));
    at = end + 1;
  }
  return contents;
};
