import { execFileSync } from "node:child_process";
import { gitEnvironment } from "../git-plumbing.ts";
import type { GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

const fields = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"];
// A message may hold anything but NUL.
const logCommand = [
  "log",
  "--no-walk=unsorted",
  `--format=${fields.map((field) => `${field}%x00`).join("")}`,
];

/** In the order given. */
export const readCommits = async (
  { store }: GithubApi,
  repository: GithubRepository,
  shas: readonly string[],
): Promise<readonly CommitFacts[]> =>
  shas.length === 0 ? [] : parse(await store.git(repository, [...logCommand, ...shas, "--"]));

/**
 * Without waiting: a person sets a check in one step, and its webhook tells of the commit.
 * @throws Error where the repository has no such commit
 */
export const readCommit = ({ directory }: GithubRepository, sha: string): CommitFacts => {
  const args = [`--git-dir=${directory}`, ...logCommand, sha, "--"];
  const said = execFileSync("git", args, { env: gitEnvironment, cwd: "/", encoding: "utf8", stdio: "pipe" });
  const [commit] = parse(said);
  if (commit === undefined) throw new Error(`There is no commit ${sha}`);
  return commit;
};

const parse = (log: string): readonly CommitFacts[] => {
  const values = log.split("\0");
  const commits = Math.floor(values.length / fields.length);
  return Array.from({ length: commits }, (_, index) => {
    const start = index * fields.length;
    const [sha = "", tree = "", parents = "", ...rest] = values.slice(start, start + fields.length);
    const [name = "", email = "", date = "", committerName = "", committerEmail = "", committed = ""] = rest;
    return {
      // After the first commit, the line end of the one before.
      sha: sha.trim(),
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author: { name, email, date },
      committer: { name: committerName, email: committerEmail, date: committed },
      message: (rest[6] ?? "").trimEnd(),
    };
  });
};
