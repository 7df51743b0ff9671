import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe } from "vitest";
import type { Repository } from "../../../core/project.ts";
import type { Forge } from "../../../ports/forge.ts";
import { describeForge } from "../forge-contract.ts";
import { githubOpenApi, openGithubScene } from "./testing/github-scene.ts";

/** As a person does who needs no pull request: git alone, with a token that the forge granted. */
const pushOnto = async (forge: Forge, repository: Repository, from: string, onto: string): Promise<void> => {
  const { url } = await forge.cloneAccess(repository);
  const { token = "" } = (await forge.grant?.(repository, "write")) ?? {};
  const credential = Buffer.from(`x-access-token:${token}`).toString("base64");
  const folder = await mkdtemp(join(tmpdir(), "github-hand-"));
  try {
    const git = (...args: readonly string[]) =>
      execa("git", ["-c", `http.extraHeader=Authorization: Basic ${credential}`, ...args], { cwd: folder });
    await git("init", "--quiet");
    await git("fetch", "--quiet", url, from);
    await git("push", "--quiet", url, `FETCH_HEAD:refs/heads/${onto}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

describe.skipIf(githubOpenApi === null)("over GitHub's own description", () => {
  describeForge("GitHub", {
    open: async () => {
      const { site, forge, repository, close } = await openGithubScene();
      return {
        forge,
        repository,
        push: async (branch, files) => {
          await site.commit(repository, branch, files);
        },
        mergeByHand: async (branch) => {
          const pulls = site.pullRequests(repository);
          const open = pulls.find(({ head, state }) => head === branch && state === "open");
          if (open === undefined) await pushOnto(forge, repository, branch, repository.defaultBranch);
          else await site.merge(repository, open.number, "person");
        },
        deleteBranch: (branch) => site.deleteBranch(repository, branch),
        comments: async (number) => site.comments(repository, number).map(({ body }) => body),
        comment: async (number, author, body) => void site.comment(repository, number, author, body),
        close,
      };
    },
  });
});
