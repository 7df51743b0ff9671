import type { LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { Caller, GithubStore } from "../model.ts";

/** A request that GitHub's own description allows, from a caller whose token covers the repository. */
export interface Call {
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface GithubApi {
  readonly store: GithubStore;
  /** `http://127.0.0.1:PORT`: known once it listens. */
  readonly url: () => string;
  readonly now: () => number;
}

/** @throws Refusal as GitHub refuses it */
export type Operate = (api: GithubApi, call: Call) => LoopbackAnswer | Promise<LoopbackAnswer>;

export interface Operation {
  /**
   * What the token must have; null: any valid token, or the operation looks for itself. Without it GitHub answers 403
   * "Resource not accessible by integration".
   */
  readonly needs: Readonly<Record<string, "read" | "write">> | null;
  /** Counts against the limits on content-creating requests. */
  readonly createsContent?: boolean;
  readonly operate: Operate;
}
