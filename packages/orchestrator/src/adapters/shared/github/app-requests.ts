import { VendorError } from "../../../ports/vendor-error.ts";
import { accessError, notGiven, notInstalled, refused } from "./access-problems.ts";
import { apiPath } from "./api-path.ts";
import type { Door } from "./door.ts";
import {
  type GithubApp,
  GithubError,
  type GithubInstallation,
  type GithubRepository,
} from "./github-client.ts";
import { readPages } from "./pages.ts";
import { parseAnswer } from "./parse-answer.ts";
import type { Permissions } from "./permissions.ts";
import { accessTokenSchema, appSchema, installationsSchema } from "./schema.ts";
import type { Minted } from "./tokens.ts";

/** What the App asks for in its own name. Every method: @throws VendorError, GithubError */
export interface AppRequests {
  app(): Promise<GithubApp>;
  installations(): Promise<readonly GithubInstallation[]>;
  /** For this one repository. */
  mint(installation: GithubInstallation, to: GithubRepository, permissions: Permissions): Promise<Minted>;
  /** A token that has ended already is success. */
  revoke(token: string): Promise<void>;
}

export interface AppRequestsOptions {
  readonly door: Door;
  /** Root of the REST API. */
  readonly rest: string;
  readonly identity: () => Promise<string>;
}

const mostInstallations = 20_000;
const revokePath = "/installation/token";
export const revokeUrlOf = (rest: string): string => `${rest}${revokePath}`;

export const createAppRequests = ({ door, rest, identity }: AppRequestsOptions): AppRequests => {
  const read = async (path: string, query: Readonly<Record<string, string>> = {}) => {
    const search = new URLSearchParams(query).toString();
    const url = `${rest}${path}${search === "" ? "" : `?${search}`}`;
    return door.read({ method: "GET", url, path, token: await identity(), counts: "plain" });
  };

  return {
    app: async () => {
      const { slug } = parseAnswer("the App", (await read("/app")).json, appSchema);
      return { slug, login: `${slug}[bot]` };
    },
    installations: async () => {
      const found = await readPages(
        ({ path, query }) => read(path, query),
        { path: "/app/installations" },
        (json) => toInstallations(json),
        mostInstallations,
      );
      return found as readonly GithubInstallation[];
    },
    mint: async (installation, repository, permissions) => {
      const path = apiPath("app", "installations", installation.id, "access_tokens");
      try {
        const answer = await door.write({
          method: "POST",
          url: `${rest}${path}`,
          path,
          token: await identity(),
          counts: "plain",
          body: { repositories: [repository.name], permissions },
        });
        const { token, expires_at } = parseAnswer("a token", answer.json, accessTokenSchema);
        return { token, expiresAt: expires_at };
      } catch (error) {
        throw mintError(error, repository);
      }
    },
    revoke: async (token) => {
      try {
        const url = revokeUrlOf(rest);
        await door.write({ method: "DELETE", url, path: revokePath, token, counts: "plain" });
      } catch (error) {
        if (!(error instanceof GithubError && error.status === 401)) throw error;
      }
    },
  };
};

const toInstallations = (json: unknown): readonly GithubInstallation[] =>
  parseAnswer("the App's installations", json, installationsSchema).flatMap(
    ({ id, account, suspended_at, permissions }) =>
      account?.login === undefined
        ? []
        : [{ id, account: account.login, suspended: typeof suspended_at === "string", permissions }],
  );

/** GitHub's own words about an installation and its repositories say nothing of what to do. */
const mintError = (error: unknown, repository: GithubRepository): unknown => {
  if (!(error instanceof GithubError)) return error;
  switch (error.status) {
    case 404:
      return accessError(notInstalled(repository), error);
    case 422:
      return /permission/i.test(error.message)
        ? new VendorError(
            "forbidden",
            `The GitHub App's installation on ${repository.owner} has fewer permissions than a moment ago: ${error.message}`,
            { ...refused, cause: error },
          )
        : accessError(notGiven(repository), error);
    default:
      return error;
  }
};
