import type { LocalPullRequest, LocalPullRequests } from "../../../ports/local-pull-requests.ts";

/** The port in memory, for the tests of forges: same numbers, same one open pull request per head. */
export const createMemoryLocalPullRequests = (): LocalPullRequests => {
  const stored: LocalPullRequest[] = [];
  const indexOf = (repository: string, number: number): number =>
    stored.findIndex((candidate) => candidate.repository === repository && candidate.number === number);
  return {
    findByHead: async (repository, head) =>
      stored.findLast((candidate) => candidate.repository === repository && candidate.head === head) ?? null,
    findByNumber: async (repository, number) => stored[indexOf(repository, number)] ?? null,
    open: async (draft) => {
      const same = stored.filter(({ repository }) => repository === draft.repository);
      if (same.some(({ head, state }) => head === draft.head && state === "open")) return null;
      const opened: LocalPullRequest = { ...draft, number: same.length + 1, state: "open", comments: [] };
      stored.push(opened);
      return opened;
    },
    save: async (pullRequest) => {
      const index = indexOf(pullRequest.repository, pullRequest.number);
      if (index === -1)
        throw new Error(`There is no pull request #${pullRequest.number} in ${pullRequest.repository}.`);
      stored[index] = pullRequest;
    },
  };
};
