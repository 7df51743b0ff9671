import { branchSha, GitError, runGit } from "./git-plumbing.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface CommitRequest {
  readonly branch: string;
  /** Where a branch that is not there begins; null: at nothing. */
  readonly start: string | null;
  /** By path; null deletes. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  readonly message: string;
  readonly author: Person;
  readonly committer?: Person;
  /** In ms since the epoch. */
  readonly at: number;
}

/**
 * One commit on a branch, in one process.
 * @returns its SHA
 * @throws GitError where git takes a path or the branch's name for none
 */
export const commitFiles = async (directory: string, request: CommitRequest): Promise<string> => {
  const { branch, author, committer = author, at, message } = request;
  const from = (await branchSha(directory, branch)) ?? request.start;
  const time = `${Math.floor(at / 1000)} +0000`;
  const stream = [
    `commit refs/heads/${branch}\nmark :1\n`,
    `author ${identity(author)} ${time}\ncommitter ${identity(committer)} ${time}\n`,
    ...data(message),
    ...(from === null ? [] : [`from ${from}\n`]),
    ...Object.entries(request.files).flatMap(([path, content]) => change(path, content)),
    "\nget-mark :1\n",
  ];
  const input = Buffer.concat(stream.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  const said = await runGit(directory, ["fast-import", "--quiet", "--date-format=raw"], { input });
  const sha = said.toString("utf8").trim();
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new GitError(`git made no commit: ${sha}`);
  return sha;
};

/** `Name <email>`, of what a name and an address may hold. */
export const identity = ({ name, email }: Person): string =>
  `${name.replace(/[<>\n\0]/g, "").trim()} <${email.replace(/[<>\n\0]/g, "").trim()}>`;

const data = (content: string | Uint8Array): readonly (string | Uint8Array)[] => {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return [`data ${bytes.length}\n`, bytes, "\n"];
};

const change = (path: string, content: string | Uint8Array | null): readonly (string | Uint8Array)[] =>
  content === null ? [`D ${quoted(path)}\n`] : [`M 100644 inline ${quoted(path)}\n`, ...data(content)];

const quoted = (path: string): string => `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
