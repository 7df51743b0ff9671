import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { devNull } from "node:os";
import { join } from "node:path";
import { pushHook } from "./push-rules.ts";

/** Nothing of the machine's or the user's settings: only the repository and the arguments count. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
  HOME: devNull,
  XDG_CONFIG_HOME: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
  GIT_AUTHOR_NAME: "GitHub",
  GIT_AUTHOR_EMAIL: "noreply@github.com",
  GIT_COMMITTER_NAME: "GitHub",
  GIT_COMMITTER_EMAIL: "noreply@github.com",
};

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Added to the environment of this one call. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Git exited with anything but 0; the message is what it said. */
export class GitError extends Error {
  override readonly name = "GitError";
}

/**
 * Runs git on a bare repository.
 * @throws GitError when it exits with anything but 0
 */
export const runGit = (
  directory: string,
  args: readonly string[],
  { input = "", environment = {} }: GitOptions = {},
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // --git-dir: git must not go looking for a repository in the folders above.
    const child = spawn("git", [`--git-dir=${directory}`, "-c", "core.quotePath=false", ...args], {
      env: { ...gitEnvironment, ...environment },
      cwd: "/",
    });
    const output: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    // Git that ends before it has read everything says why in its exit code.
    child.stdin.on("error", () => child.stdin.destroy());
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(Buffer.concat(output));
      const why = Buffer.concat(said).toString("utf8").trim();
      reject(new GitError(why === "" ? `git ${args[0] ?? ""} exited with ${code}` : why));
    });
    child.stdin.end(input);
  });

/** What git says on one line, or null where it refuses. */
export const askGit = async (
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string | null> => {
  try {
    return (await runGit(directory, args, options)).toString("utf8").trim();
  } catch (error) {
    // What is not there is git's exit code 1 or 128: an answer here, not an error.
    if (error instanceof GitError) return null;
    throw error;
  }
};

/** A bare repository without a commit, as GitHub sets it up for a push over HTTP. */
export const initRepository = async (directory: string, defaultBranch: string): Promise<void> => {
  await mkdir(directory, { recursive: true });
  await runGit(directory, ["init", "--quiet", "--bare", "--template=", `--initial-branch=${defaultBranch}`]);
  const config = [
    "[http]\n\treceivepack = true",
    "[gc]\n\tauto = 0",
    "[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true",
  ];
  await writeFile(join(directory, "config"), `${config.join("\n")}\n`, { flag: "a" });
  await mkdir(join(directory, "hooks"), { recursive: true });
  await writeFile(join(directory, "hooks", "update"), pushHook, { mode: 0o755 });
};

const shaPattern = /^[0-9a-f]{40}$/;
export const noSha = "0".repeat(40);

export const isSha = (text: string): boolean => shaPattern.test(text);

/** What git allows as the name of a ref, as far as anybody writes one. */
export const isRefName = (name: string): boolean =>
  name !== "" &&
  !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(\/|$)|\.$|^\/|\/$|(^|\/)\./.test(name) &&
  !name.startsWith("-");

/**
 * The commit or object that a whole ref names (`refs/heads/main`), or null.
 * Nothing here packs refs, so a ref is a file: a dispatch costs no process.
 */
export const readRef = async (directory: string, ref: string): Promise<string | null> => {
  if (!ref.startsWith("refs/") || !isRefName(ref)) return null;
  try {
    const sha = (await readFile(join(directory, ref), "utf8")).trim();
    if (isSha(sha)) return sha;
  } catch {
    // No such file, or a folder: git has the last word, as it may have packed what was pushed.
  }
  return askGit(directory, ["rev-parse", "--verify", "--quiet", ref]);
};

export const branchSha = (directory: string, branch: string): Promise<string | null> =>
  readRef(directory, `refs/heads/${branch}`);

/** The commit that a branch, a tag, a whole ref or a SHA names, or null: as GitHub reads its `ref` parameters. */
export const resolveCommit = async (directory: string, name: string): Promise<string | null> => {
  if (isSha(name)) return askGit(directory, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
  if (!isRefName(name)) return null;
  const branch = await branchSha(directory, name);
  if (branch !== null) return branch;
  const tagged = (await readRef(directory, `refs/tags/${name}`)) ?? (await readRef(directory, name));
  if (tagged !== null) return askGit(directory, ["rev-parse", "--verify", "--quiet", `${tagged}^{commit}`]);
  return /^[0-9a-f]{7,39}$/.test(name)
    ? askGit(directory, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`])
    : null;
};

/** True where `ancestor` can be reached from `descendant`. */
export const isAncestor = async (directory: string, ancestor: string, descendant: string): Promise<boolean> =>
  (await askGit(directory, ["merge-base", "--is-ancestor", ancestor, descendant])) !== null;
