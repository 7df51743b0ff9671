import { describeForge } from "../forge-contract.ts";
import { createMemoryLocalPullRequests } from "../testing/memory-local-pull-requests.ts";
import { openBareRepository } from "./testing/bare-repository-scene.ts";

describeForge("A folder of bare repositories", {
  open: async () => {
    const scene = await openBareRepository(createMemoryLocalPullRequests());
    const { forge, repository, pullRequests, git, push, close } = scene;
    return {
      forge,
      repository,
      push,
      mergeByHand: async (branch) => {
        await git("fetch", "--quiet", "origin");
        await git("checkout", "--quiet", "--force", "-B", "main", "origin/main");
        await git("merge", "--quiet", "--no-ff", "--no-edit", `origin/${branch}`);
        await git("push", "--quiet", "origin", "main");
      },
      deleteBranch: async (branch) => {
        await git("push", "--quiet", "origin", "--delete", branch);
      },
      comments: async (number) =>
        (await pullRequests.findByNumber("acme/shop", number))?.comments.map(({ body }) => body) ?? [],
      close,
    };
  },
});
