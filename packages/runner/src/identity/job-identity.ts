import { z } from "zod";
import { exchange, isTransient } from "../http/exchange.ts";
import { FinalError, type Patience, patiently } from "../http/patiently.ts";
import { isSecureUrl } from "../http/secure-url.ts";
import type { Secrets } from "../secrets.ts";

/** Where a job on GitHub Actions gets its identity: `ACTIONS_ID_TOKEN_REQUEST_URL` and `…_TOKEN`. */
export interface IdentityEndpoint {
  readonly url: string;
  readonly requestToken: string;
}

/** A fresh identity token for this audience: a JWT, good for about five minutes. @throws FinalError, or Error where nobody answers */
export type Identify = (audience: string) => Promise<string>;

export interface IdentityOptions {
  readonly endpoint: IdentityEndpoint;
  /** Gets every token before anybody else does. */
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  /** Of one request, in ms. */
  readonly timeoutMs?: number;
}

const defaultPatience: Patience = { firstDelay: 300, maxDelay: 3_000, inAll: 20_000 };
const maxBytes = 64 * 1024;
const answerSchema = z.object({ value: z.string().min(1).max(20_000) });

/**
 * GitHub answers `{ value }` to a GET with the request token as bearer and the audience as a query parameter
 * (docs.github.com, "OpenID Connect reference").
 */
export const createIdentify =
  ({
    endpoint,
    secrets,
    signal,
    patience = defaultPatience,
    timeoutMs = 10_000,
  }: IdentityOptions): Identify =>
  async (audience) => {
    if (!isSecureUrl(endpoint.url))
      throw new FinalError("ACTIONS_ID_TOKEN_REQUEST_URL has to be https, or http to this machine");
    const url = new URL(endpoint.url);
    url.searchParams.set("audience", audience);
    const headers = { authorization: `Bearer ${endpoint.requestToken}`, accept: "application/json" };
    const ask = async (): Promise<string> => {
      const answer = await exchange({ method: "GET", url: url.href, headers, timeoutMs, maxBytes });
      if (isTransient(answer)) throw new Error(`HTTP ${answer.status}`);
      if (answer.status !== 200)
        throw new FinalError(`HTTP ${answer.status}: does the job have "permissions: id-token: write"?`);
      const parsed = answerSchema.safeParse(answer.body);
      if (!parsed.success) throw new FinalError("the answer holds no token");
      secrets.add([parsed.data.value]);
      return parsed.data.value;
    };
    const tried = await patiently(patience, ask, signal);
    if (tried.kind === "answer") return tried.value;
    const message = `the job's identity token could not be had: ${tried.message}`;
    throw tried.isFinal ? new FinalError(message) : new Error(message);
  };
