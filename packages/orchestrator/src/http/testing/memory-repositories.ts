import type { RepositoryStatus } from "@ai-implement/contracts";
import type { AppDependencies } from "../app-dependencies.ts";

const statusOf = (teamKey: string): RepositoryStatus => ({
  teamKey,
  repository: "acme/shop",
  checkedAt: "2026-11-22T09:00:00.000Z",
  files: [],
  image: null,
  problems: [],
  error: null,
});

/** One project, `demo`, whose repository needs nothing, and no pull request. */
export const memoryRepositories: Pick<
  AppDependencies,
  "templateSync" | "repositoryStatuses" | "pullStandings"
> = {
  templateSync: {
    sync: async (teamKey) =>
      teamKey === "demo"
        ? { kind: "done", answer: { outcome: "up-to-date", pullRequest: null, files: [] } }
        : { kind: "not-found" },
  },
  repositoryStatuses: {
    find: async (teamKey) => (teamKey === "demo" ? statusOf(teamKey) : null),
    list: async (teamKeys) => teamKeys.map(statusOf),
  },
  pullStandings: { find: async () => ({ kind: "not-found" }) },
};
