import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Repository } from "../../../../core/project.ts";
import type { Forge } from "../../../../ports/forge.ts";
import type { LocalPullRequests } from "../../../../ports/local-pull-requests.ts";
import type { Files } from "../../forge-under-test.ts";
import { createLocalForge } from "../local-forge.ts";

export const sceneTime = Date.UTC(2026, 10, 22, 9, 12);

/** A real bare repository and a person's clone of it, thrown away afterwards. */
export interface BareRepositoryScene {
  readonly root: string;
  readonly repository: Repository;
  /** The path of the bare repository. */
  readonly bare: string;
  readonly pullRequests: LocalPullRequests;
  readonly forge: Forge;
  /** Another process over the same repository and the same store. */
  another(): Forge;
  /** git in the person's clone; its output. */
  git(...args: readonly string[]): Promise<string>;
  push(branch: string, files: Files): Promise<void>;
  close(): Promise<void>;
}

export const openBareRepository = async (pullRequests: LocalPullRequests): Promise<BareRepositoryScene> => {
  // A space, because people have them in their folders.
  const root = await mkdtemp(join(tmpdir(), "local forge "));
  const bare = join(root, "forge", "acme", "shop.git");
  const clone = join(root, "clone");
  const another = (): Forge =>
    createLocalForge({ root: join(root, "forge"), pullRequests, clock: { now: () => sceneTime } });

  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.org"];
    const { stdout } = await execa("git", [...identity, ...args], { cwd: clone });
    return stdout;
  };
  const push = async (branch: string, files: Files): Promise<void> => {
    await git("fetch", "--quiet", "--prune", "origin");
    const known = await git("branch", "--remotes", "--list", `origin/${branch}`);
    await git(
      "checkout",
      "--quiet",
      "--force",
      "-B",
      branch,
      known === "" ? "origin/main" : `origin/${branch}`,
    );
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(clone, path)), { recursive: true });
      await writeFile(join(clone, path), content);
    }
    await git("add", "--all");
    await git("commit", "--quiet", "--message", `Change ${Object.keys(files).join(", ")}`);
    await git("push", "--quiet", "origin", branch);
  };

  await mkdir(dirname(bare), { recursive: true });
  await mkdir(clone);
  await git("init", "--quiet", "--bare", "--initial-branch=main", bare);
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", bare);
  await writeFile(join(clone, "README.md"), "A shop\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "First");
  await git("push", "--quiet", "origin", "main");
  return {
    root,
    repository: { forge: "local", owner: "acme", name: "shop", defaultBranch: "main" },
    bare,
    pullRequests,
    forge: another(),
    another,
    git,
    push,
    close: () => rm(root, { recursive: true, force: true }),
  };
};
