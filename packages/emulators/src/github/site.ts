import type { createActions } from "./actions/actions.ts";
import { createActionsSite } from "./actions/actions-site.ts";
import type { GithubSite } from "./api.ts";
import type { GithubApi } from "./operations/operation.ts";
import { createPullSite } from "./pulls/pull-site.ts";
import { createRepositorySite } from "./repository-site.ts";

export interface SiteOptions {
  readonly api: GithubApi;
  readonly repositories: Parameters<typeof createRepositorySite>;
  readonly actions: ReturnType<typeof createActions>;
}

/** GitHub with people's hands on it: on repositories, on pull requests, on workflows. */
export const createSite = ({ api, repositories, actions }: SiteOptions): GithubSite => ({
  ...createRepositorySite(...repositories),
  ...createPullSite(api),
  ...createActionsSite(actions),
});
