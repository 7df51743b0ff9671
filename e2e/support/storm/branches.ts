import type { GithubSite } from "@ai-implement/emulators/github/api.ts";
import { tally } from "../github.ts";

/** Branches of the repository, with what was pushed to them last. */
export interface Branches {
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** The last commit that was made here. */
  head(branch: string): string;
}

export const createBranches = (site: GithubSite): Branches => {
  const heads = new Map<string, string>();
  return {
    async commit(branch, files) {
      const sha = await site.commit(tally, branch, files);
      heads.set(branch, sha);
      return sha;
    },
    head: (branch) => heads.get(branch) ?? "",
  };
};
