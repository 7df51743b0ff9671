export interface GithubAddresses {
  /** Root of the REST API, without a slash at its end. */
  readonly rest: string;
  readonly graphql: string;
  /** Where people and git go. */
  readonly web: string;
}

/**
 * What `GITHUB_API_URL` says of the rest (docs.github.com, "About the REST API"): an Enterprise Server has its API at
 * `/api/v3` and its GraphQL beside that; `api.<name>.ghe.com` has its pages at `<name>.ghe.com`. Anything else is
 * github.com, or a proxy in front of its API.
 */
export const addressesOf = (apiUrl: string): GithubAddresses => {
  const rest = apiUrl.replace(/\/+$/, "");
  const server = /^(.*)\/api\/v3$/.exec(rest)?.[1];
  if (server !== undefined) return { rest, graphql: `${server}/api/graphql`, web: server };
  const tenant = /^https:\/\/api\.([a-z0-9-]+\.ghe\.com)$/i.exec(rest)?.[1];
  return { rest, graphql: `${rest}/graphql`, web: `https://${tenant ?? "github.com"}` };
};
