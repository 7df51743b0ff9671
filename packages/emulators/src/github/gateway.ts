import { jsonAnswer, type LoopbackAnswer, type LoopbackRequest } from "../shared/loopback-server.ts";
import type { createActions } from "./actions/actions.ts";
import type { GithubRequest } from "./api.ts";
import type { Credentials, Identity } from "./credentials.ts";
import type { createGitHttp } from "./git-http.ts";
import type { createGraphql } from "./graphql.ts";
import type { GithubLimits } from "./limits.ts";
import type { Caller } from "./model.ts";
import { errorBody } from "./refusal.ts";
import type { createRest } from "./rest.ts";

export interface GatewayOptions {
  readonly credentials: Credentials;
  readonly limits: GithubLimits;
  readonly rest: ReturnType<typeof createRest>;
  readonly graphql: ReturnType<typeof createGraphql>;
  readonly git: ReturnType<typeof createGitHttp>;
  readonly actions: Pick<ReturnType<typeof createActions>, "handleOidc" | "handleDownload">;
}

export interface Handled {
  readonly request: GithubRequest;
  readonly act: () => LoopbackAnswer | Promise<LoopbackAnswer>;
  readonly rateLimited: (resetMs: number) => LoopbackAnswer;
}

/** What one of GitHub's doors makes of a request. */
interface Opened {
  /** As it is recorded. */
  readonly path: string;
  readonly body: unknown;
  readonly act: Handled["act"];
  /** False: its rate limits are not the API's. */
  readonly isApi: boolean;
}

/** Finds out who asks, and which door it is: REST, GraphQL, the jobs' identities and artifacts, or git. */
export const createGateway = (options: GatewayOptions) => {
  const { credentials, limits } = options;
  return async (arrived: LoopbackRequest): Promise<Handled> => {
    const identity = await credentials.identify(arrived.headers["authorization"]);
    const caller: Caller = identity.kind === "known" ? identity.caller : { kind: "nobody" };
    const url = new URL(arrived.path, "http://loopback");
    const { path, body, act, isApi } = open(options, arrived, url, identity);
    const request: GithubRequest = {
      at: arrived.at,
      method: arrived.method,
      path,
      query: Object.fromEntries(url.searchParams),
      body,
      by: seenCaller(caller),
      early: isApi && limits.isEarly(caller, arrived.at),
    };
    return { request, act, rateLimited: (resetMs) => limits.secondary(caller, 403, resetMs) };
  };
};

const apiRoot = "/api/v3";

const open = (
  { rest, graphql, git, actions }: GatewayOptions,
  arrived: LoopbackRequest,
  { pathname, searchParams: query }: URL,
  identity: Identity,
): Opened => {
  if (pathname.startsWith(`${apiRoot}/`)) {
    const path = pathname.slice(apiRoot.length);
    return { path, ...rest(arrived, { path, query }, identity), isApi: true };
  }
  if (pathname === "/api/graphql") return { path: "/graphql", ...graphql(arrived, identity), isApi: true };
  const other = (act: () => LoopbackAnswer | Promise<LoopbackAnswer> | null): Opened => ({
    path: pathname,
    body: null,
    act: () => act() ?? jsonAnswer(404, errorBody(404, "Not Found")),
    isApi: false,
  });
  if (pathname.startsWith("/oidc/")) return other(() => actions.handleOidc(arrived.path, arrived.headers));
  if (pathname.startsWith("/_artifacts/")) return other(() => actions.handleDownload(arrived.path));
  return { path: `/git${pathname}`, body: null, act: () => git(arrived, identity), isApi: false };
};

const seenCaller = (caller: Caller): GithubRequest["by"] => {
  if (caller.kind !== "installation") return { kind: caller.kind };
  const { installation, repositories, permissions } = caller;
  return { kind: "installation", account: installation.account, repositories, permissions };
};
