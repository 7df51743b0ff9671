import type { Clock } from "../../../ports/clock.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import type { VendorGateOptions } from "../vendor-gate.ts";
import { accessError, lacksPermission, notInstalled, suspended } from "./access-problems.ts";
import { addressesOf } from "./addresses.ts";
import { createAppIdentity } from "./app-identity.ts";
import { createAppRequests, revokeUrlOf } from "./app-requests.ts";
import { createDoor, type Door, type DoorRequest, jsonType } from "./door.ts";
import type {
  GithubAnswer,
  GithubApp,
  GithubClient,
  GithubInstallation,
  GithubRead,
  GithubRepository,
  TokenPurpose,
} from "./github-client.ts";
import { dataOf } from "./graphql-answer.ts";
import { createInstallations } from "./installations.ts";
import { createKnownAnswers } from "./known-answers.ts";
import { readPages } from "./pages.ts";
import { lacking, lackingFor, type Permissions, permissionsFor } from "./permissions.ts";
import { createTokens } from "./tokens.ts";

export interface GithubClientOptions {
  /** `GITHUB_APP_ID`. */
  readonly appId: number;
  /** `GITHUB_APP_PRIVATE_KEY`: PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly gate?: Partial<VendorGateOptions>;
}

const defaultMaxItems = 1_000;

export const createGithubClient = (options: GithubClientOptions): GithubClient => {
  const { clock, gate = {} } = options;
  const { rest, graphql, web } = addressesOf(options.apiUrl);
  const doors = new Map<number, Door>();
  const known = createKnownAnswers();
  const requests = createAppRequests({
    door: createDoor({ account: null, clock, gate }),
    rest,
    identity: createAppIdentity(options, clock),
  });
  const installations = createInstallations(requests.installations, clock);
  const tokens = createTokens(async (repository, purpose) => {
    const installation = await installationOf(repository);
    return mint(installation, repository, permissionsFor(purpose, installation));
  }, clock);
  let app: Promise<GithubApp> | null = null;

  /** One for each: the limit of one organisation holds up no other. */
  const doorOf = ({ id, account }: GithubInstallation): Door => {
    const door = doors.get(id) ?? createDoor({ account, clock, gate });
    doors.set(id, door);
    return door;
  };

  const installationOf = async (repository: GithubRepository): Promise<GithubInstallation> => {
    const installation = await installations.of(repository.owner);
    if (installation === null) throw accessError(notInstalled(repository));
    if (!installation.suspended) return installation;
    installations.doubt();
    throw accessError(suspended(repository.owner));
  };

  /** What it is known to have: asked of GitHub once in a while, and again after a refusal. */
  const requirePermissions = async (
    repository: GithubRepository,
    permissions: Permissions,
  ): Promise<GithubInstallation> => {
    const installation = await installationOf(repository);
    const missing = lacking(permissions, installation);
    if (missing.length === 0) return installation;
    installations.doubt();
    throw accessError(lacksPermission(repository.owner, missing.join(" and ")));
  };

  const mint: typeof requests.mint = async (installation, repository, permissions) => {
    try {
      return await requests.mint(installation, repository, permissions);
    } catch (error) {
      if (isFailure(error, "forbidden")) installations.doubt();
      throw error;
    }
  };

  type Credential = Required<Pick<DoorRequest, "token" | "lacks">>;
  type Send = (door: Door, credential: Credential) => Promise<GithubAnswer>;

  const authorised = async (
    repository: GithubRepository,
    purpose: TokenPurpose,
    send: Send,
  ): Promise<GithubAnswer> => {
    const installation = await installationOf(repository);
    const door = doorOf(installation);
    const lacks = lackingFor(purpose, installation);
    const attempt = async (): Promise<GithubAnswer> => {
      const token = await tokens.of(repository, purpose);
      try {
        return await send(door, { token, lacks });
      } catch (error) {
        if (isFailure(error, "unauthorised") || isFailure(error, "forbidden"))
          tokens.drop(repository, purpose, token);
        // A person may have mended it since the token was made.
        if (isFailure(error, "forbidden")) installations.doubt();
        throw error;
      }
    };
    try {
      return await attempt();
    } catch (error) {
      // Revoked before its time: GitHub did nothing, and a new one may do.
      if (isFailure(error, "unauthorised")) return attempt();
      throw error;
    }
  };

  const read = (
    repository: GithubRepository,
    purpose: TokenPurpose,
    request: GithubRead,
  ): Promise<GithubAnswer> => {
    const { path, query = {}, accept = jsonType } = request;
    const search = new URLSearchParams(query).toString();
    const url = `${rest}${path}${search === "" ? "" : `?${search}`}`;
    const key = `${accept} ${url}`;
    return authorised(repository, purpose, async (door, credential) => {
      const before = known.find(key);
      const sent: DoorRequest = { method: "GET", url, path, ...credential, counts: "plain", accept };
      return known.resolve(key, await door.read({ ...sent, known: before?.tag }), before);
    });
  };

  return {
    read,
    readAll: (repository, purpose, request, items, maxItems = defaultMaxItems) =>
      readPages((page) => read(repository, purpose, page), request, items, maxItems),
    write: (repository, purpose, { method, path, body, counts }) =>
      authorised(repository, purpose, (door, credential) =>
        door.write({ method, url: `${rest}${path}`, path, ...credential, counts, body }),
      ),
    graphql: async (repository, purpose, query, variables) => {
      const answer = await authorised(repository, purpose, (door, credential) =>
        door.write({
          method: "POST",
          url: graphql,
          path: "/graphql",
          ...credential,
          counts: "plain",
          body: { query, variables },
        }),
      );
      return dataOf(answer, repository.owner);
    },
    grant: async (repository, access) => {
      const installation = await requirePermissions(repository, { contents: access });
      const minted = await mint(installation, repository, { contents: access });
      return { ...minted, revokeUrl: revokeUrlOf(rest) };
    },
    requirePermissions: async (repository, permissions) => {
      await requirePermissions(repository, permissions);
    },
    revoke: ({ token }) => requests.revoke(token),
    installation: installations.of,
    app: () => {
      app ??= requests.app().catch((error: unknown) => {
        app = null;
        throw error;
      });
      return app;
    },
    webUrl: ({ owner, name }) => `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`,
    forget: () => {
      installations.forget();
      tokens.forget();
    },
    accessChanged: installations.changed,
  };
};
