import { jsonAnswer, startLoopbackServer } from "@ai-implement/emulators/shared/loopback-server.ts";
import type { IdentityEndpoint } from "../identity/job-identity.ts";

export interface FakeIdentity {
  readonly endpoint: IdentityEndpoint;
  /** Every token that was given out, in order. */
  readonly issued: readonly string[];
  /** Answers that come before the usual one. */
  readonly answers: { readonly status: number; readonly body: string }[];
  close(): Promise<void>;
}

/** What a job on GitHub Actions gets its identity from: a new token with each request, that says for whom. */
export const startFakeIdentity = async (): Promise<FakeIdentity> => {
  const requestToken = "request-token-of-the-test-job";
  const issued: string[] = [];
  const answers: { readonly status: number; readonly body: string }[] = [];
  const server = await startLoopbackServer({
    receive: ({ method, path, headers }) => ({
      fault: null,
      rateLimited: () => jsonAnswer(429, {}),
      act: () => {
        const forced = answers.shift();
        if (forced !== undefined) return forced;
        const query = new URL(path, "http://loopback").searchParams;
        if (method !== "GET" || headers["authorization"] !== `Bearer ${requestToken}`)
          return jsonAnswer(401, { message: "no" });
        if (query.get("api-version") !== "2.0") return jsonAnswer(400, { message: "api-version is missing" });
        const value = tokenFor(query.get("audience") ?? "", issued.length);
        issued.push(value);
        return jsonAnswer(200, { count: value.length, value });
      },
    }),
  });
  return {
    endpoint: { url: `${server.url}/job/7?api-version=2.0`, requestToken },
    issued,
    answers,
    close: () => server.close(),
  };
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** In the form of a JWT; nobody here checks its signature. */
const tokenFor = (aud: string, number: number): string =>
  `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ aud, jti: number })}.c2lnbmF0dXJl${number}`;

/** For whom a token is. */
export const audienceOf = (token: string): unknown => {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
  const claims: unknown = payload === "" ? null : JSON.parse(payload);
  return typeof claims === "object" && claims !== null && "aud" in claims ? claims.aud : null;
};
