import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Plain git for what a test arranges and looks up: as a person would call it. */
export const git = async (directory: string, ...args: readonly string[]): Promise<string> => {
  const { stdout } = await run("git", [...args], {
    cwd: directory,
    env: {
      PATH: path,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "A Person",
      GIT_AUTHOR_EMAIL: "person@example.com",
      GIT_COMMITTER_NAME: "A Person",
      GIT_COMMITTER_EMAIL: "person@example.com",
    },
  });
  return stdout.trim();
};

export const writeFiles = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
};

export interface SampleRemote {
  /** A folder of this test alone. */
  readonly root: string;
  /** The bare repository. */
  readonly url: string;
  /** A person's clone of it. */
  readonly clone: string;
  /** Commits files on a branch, as a person, and pushes them. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** `null` when the branch is not there. */
  head(branch: string): Promise<string | null>;
  remove(): Promise<void>;
}

/** A bare repository with `main`, and history enough to be shallow on. */
export const createSampleRemote = async (files: Readonly<Record<string, string>>): Promise<SampleRemote> => {
  const root = await mkdtemp(join(tmpdir(), "runner-test-"));
  // The agent's user, where it is another, comes through to its rooms.
  await chmod(root, 0o711);
  const url = join(root, "remote.git");
  const clone = join(root, "person");
  await git(root, "init", "--quiet", "--bare", "--initial-branch=main", url);
  await git(url, "config", "uploadpack.allowFilter", "true");
  await git(root, "init", "--quiet", "--initial-branch=main", clone);
  await git(clone, "remote", "add", "origin", url);
  const commit = async (branch: string, changes: Readonly<Record<string, string>>) => {
    await git(clone, "checkout", "--quiet", "-B", branch);
    await writeFiles(clone, changes);
    await git(clone, "add", "--all");
    await git(clone, "commit", "--quiet", "--message", `change of ${branch}`);
    await git(clone, "push", "--quiet", "origin", branch);
    return git(clone, "rev-parse", "HEAD");
  };
  await commit("main", { "README.md": "first\n" });
  await commit("main", files);
  return {
    root,
    url,
    clone,
    commit,
    head: async (branch) =>
      (await git(url, "for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`)) || null,
    remove: () => rm(root, { recursive: true, force: true }),
  };
};
