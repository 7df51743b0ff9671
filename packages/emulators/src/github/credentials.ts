import { randomBytes } from "node:crypto";
import { importSPKI, jwtVerify } from "jose";
import type { Permissions } from "./api.ts";
import type { Caller, GithubInstallation, GithubRepository, GithubStore } from "./model.ts";
import { refuse } from "./refusal.ts";
import { sameName } from "./render.ts";
import { isInstalledOn } from "./store.ts";

/** Who a request comes from; `refused`: it has a credential that GitHub does not take (401). */
export type Identity =
  | { readonly kind: "known"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly message: string };

export interface TokenRequest {
  readonly repositories?: readonly string[] | undefined;
  readonly repository_ids?: readonly number[] | undefined;
  readonly permissions?: Permissions | undefined;
}

export interface MintedToken {
  readonly token: string;
  /** In ms since the epoch. */
  readonly expiresAt: number;
  readonly permissions: Permissions;
  /** Null: all of the installation. */
  readonly repositories: readonly GithubRepository[] | null;
}

export interface Credentials {
  /** By the `Authorization` header: `Bearer` or `token`; with `Basic` the password is the token, as git sends it. */
  identify(authorization: string | undefined): Promise<Identity>;
  /** @throws Refusal 422 where it asks for what the installation has not got, 403 where it is suspended */
  mint(installation: GithubInstallation, request: TokenRequest): MintedToken;
  revoke(token: string): void;
}

export interface CredentialsOptions {
  readonly store: GithubStore;
  /** PEM. */
  readonly publicKey: string;
  /** A token that is not an installation's: of a job. */
  readonly otherCaller: (token: string) => Caller | null;
}

interface StoredToken {
  readonly installation: GithubInstallation;
  readonly repositories: readonly string[] | null;
  readonly permissions: Permissions;
  readonly expiresAt: number;
}

const hourMs = 60 * 60 * 1000;
const maxTokens = 20_000;

/** The App's JWTs and the installations' tokens, as GitHub makes and takes them. */
export const createCredentials = ({ store, publicKey, otherCaller }: CredentialsOptions): Credentials => {
  const tokens = new Map<string, StoredToken>();
  const key = importSPKI(publicKey, "RS256");
  // A key that is none is said where it is used; nobody may be listening yet.
  key.catch(() => null);

  const byToken = (token: string): Identity => {
    const stored = tokens.get(token);
    if (stored === undefined) {
      const other = otherCaller(token);
      return other === null ? bad("Bad credentials") : { kind: "known", caller: other };
    }
    const { installation, repositories } = stored;
    const isOver = stored.expiresAt <= store.now() || !store.installations.includes(installation);
    if (isOver) return bad("Bad credentials");
    const permissions = lesser(stored.permissions, installation.permissions);
    return {
      kind: "known",
      caller: { kind: "installation", token, installation, repositories, permissions },
    };
  };
  return {
    async identify(authorization) {
      if (authorization === undefined) return { kind: "known", caller: { kind: "nobody" } };
      const token = tokenOf(authorization);
      if (token === null) return bad("Bad credentials");
      const isJwt = !token.startsWith("ghs_") && token.split(".").length === 3;
      return isJwt ? identifyApp(token, await key, store) : byToken(token);
    },
    mint(installation, request) {
      if (installation.suspended) throw suspended();
      const repositories = narrowed(store, installation, request);
      const permissions = grantedOf(installation, request.permissions);
      const token = newToken(store.app.id);
      const expiresAt = store.now() + hourMs;
      const names = repositories?.map(({ name }) => name) ?? null;
      tokens.set(token, { installation, repositories: names, permissions, expiresAt });
      const [oldest] = tokens.keys();
      if (tokens.size > maxTokens && oldest !== undefined) tokens.delete(oldest);
      return { token, expiresAt, permissions, repositories };
    },
    revoke(token) {
      tokens.delete(token);
    },
  };
};

/** True where the caller's token reaches the repository. */
export const covers = (caller: Caller, repository: GithubRepository): boolean =>
  caller.kind === "installation" &&
  isInstalledOn(caller.installation, repository) &&
  (caller.repositories === null || caller.repositories.some((name) => sameName(name, repository.name)));

const ranks: readonly (string | undefined)[] = [undefined, "read", "write", "admin"];

/** True where every permission that is needed is there, or more. */
export const permits = (has: Permissions, needs: Permissions): boolean =>
  Object.entries(needs).every(([name, level]) => ranks.indexOf(has[name]) >= ranks.indexOf(level));

export const suspended = () => refuse(403, "This installation has been suspended");

const bad = (message: string): Identity => ({ kind: "refused", message });

/** @returns null where it is in none of the forms that GitHub knows */
const tokenOf = (authorization: string): string | null => {
  const [scheme = "", value = ""] = authorization.split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case "bearer":
    case "token":
      return value;
    case "basic":
      return /^[^:]*:(.*)$/s.exec(Buffer.from(value, "base64").toString("utf8"))?.[1] ?? null;
    default:
      return null;
  }
};

type Key = Awaited<ReturnType<typeof importSPKI>>;

const maxAheadSeconds = 10 * 60;

/** Rules: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
const identifyApp = async (token: string, key: Key, store: GithubStore): Promise<Identity> => {
  const now = store.now();
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"], currentDate: new Date(now) });
    const { iss, iat, exp } = payload;
    if (String(iss) !== String(store.app.id)) return bad("'Issuer' claim ('iss') must be the App's id");
    if (typeof iat !== "number" || iat > Math.ceil(now / 1000))
      return bad(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    if (typeof exp !== "number") return bad("Missing 'expiration time' claim ('exp') in assertion");
    if (exp > Math.ceil(now / 1000) + maxAheadSeconds)
      return bad("'Expiration time' claim ('exp') is too far in the future");
    return { kind: "known", caller: { kind: "app" } };
  } catch {
    // Jose's reasons differ from GitHub's, which has one sentence for all of them.
    return bad("A JSON web token could not be decoded");
  }
};

/** @throws Refusal 422 where one of them is not in the installation */
const narrowed = (
  { repositories }: GithubStore,
  installation: GithubInstallation,
  { repositories: names, repository_ids: ids }: TokenRequest,
): readonly GithubRepository[] | null => {
  if (names === undefined && ids === undefined) return null;
  const own = repositories.filter((one) => isInstalledOn(installation, one));
  const wanted = [
    ...(names ?? []).map((name) => own.find((one) => sameName(one.name, name))),
    ...(ids ?? []).map((id) => own.find((one) => one.id === id)),
  ];
  return wanted.map((repository) => {
    if (repository !== undefined) return repository;
    throw refuse(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  });
};

/** @throws Refusal 422 where it is more than the installation has */
const grantedOf = (installation: GithubInstallation, wanted: Permissions | undefined): Permissions => {
  if (wanted === undefined) return installation.permissions;
  if (!permits(installation.permissions, wanted))
    throw refuse(422, "The permissions requested are not granted to this installation.");
  return { metadata: "read", ...wanted };
};

/** What a token keeps when the installation has lost something since. */
const lesser = (token: Permissions, installation: Permissions): Permissions =>
  Object.fromEntries(
    Object.entries(token).flatMap(([name, level]) => {
      const limit = installation[name];
      if (limit === undefined) return [];
      return [[name, ranks.indexOf(level) < ranks.indexOf(limit) ? level : limit] as const];
    }),
  );

/** As since April 2026: longer than the 40 characters that tokens used to have. */
const newToken = (appId: number): string => {
  const part = (bytes: number): string => randomBytes(bytes).toString("base64url");
  return `ghs_${appId}_${part(24)}.${part(96)}.${part(64)}`;
};
