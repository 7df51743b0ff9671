import { type Repository, repositorySlug } from "../../../core/project.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import { type Git, unexpected } from "./git.ts";
import { branchRef, refsOf } from "./refs.ts";

export interface ContentsOptions {
  readonly git: Git;
  /** Of the bare repository. */
  readonly directory: string;
  readonly repository: Repository;
}

const mostBytes = 1024 * 1024;

/** As `Forge.readFile`. A symbolic link is no file: what it points to is nobody's promise. */
export const readFileOf = async (options: ContentsOptions, path: string): Promise<string | null> => {
  const { git, directory, repository } = options;
  requirePath(path);
  const entry = (await entriesOf(options, path)).find((each) => each.path === path);
  if (entry === undefined || !isFile(entry)) return null;
  if (entry.size > mostBytes)
    throw permanent(`${path} in ${repositorySlug(repository)} is larger than ${mostBytes} bytes.`);
  const answer = await git(directory, ["cat-file", "blob", entry.object]);
  if (answer.exitCode !== 0) throw unexpected(directory, `read ${path}`, answer);
  return answer.stdout;
};

/** As `Forge.listFiles`. */
export const listFilesOf = async (options: ContentsOptions, folder: string): Promise<readonly string[]> => {
  requirePath(folder);
  const entries = await entriesOf(options, `${folder}/`);
  return entries.filter(isFile).map(({ path }) => path.slice(folder.length + 1));
};

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  readonly path: string;
}

const isFile = ({ mode }: Entry): boolean => mode === "100644" || mode === "100755";

/** What git lists of the default branch for a path: itself, or with a slash at its end what is right in it. */
const entriesOf = async (
  { git, directory, repository }: ContentsOptions,
  path: string,
): Promise<readonly Entry[]> => {
  const refs = refsOf(git, directory);
  await refs.requireBranchName(repository.defaultBranch);
  const commit = await refs.commitOf(branchRef(repository.defaultBranch));
  if (commit === null)
    throw permanent(
      `There is no branch "${repository.defaultBranch}" in ${repositorySlug(repository)}: correct the project's defaultBranch.`,
    );
  const answer = await git(directory, ["--literal-pathspecs", "ls-tree", "-z", "--long", commit, "--", path]);
  if (answer.exitCode !== 0) throw unexpected(directory, `list ${path}`, answer);
  return answer.stdout.split("\0").flatMap(toEntry);
};

/** `<mode> SP <type> SP <object> SP+ <size or -> TAB <path>` (git-ls-tree). */
const toEntry = (line: string): readonly Entry[] => {
  const [, mode = "", object = "", size = "", path = ""] =
    /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/.exec(line) ?? [];
  return path === "" ? [] : [{ mode, object, size: Number(size), path }];
};

/** @throws DeliveryError (permanent) */
const requirePath = (path: string): void => {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain || path.includes("\0"))
    throw permanent(`${JSON.stringify(path.slice(0, 200))} is no path of a repository.`);
};
