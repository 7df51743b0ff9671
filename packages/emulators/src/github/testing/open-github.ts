import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { createOpenApiValidator } from "../../openapi/validator.ts";
import { requireConformance } from "../../testing/conformance-ledger.ts";
import type { GithubEmulator, GithubEmulatorOptions, Permissions } from "../api.ts";
import { describedPath } from "../described-path.ts";
import { startGithubEmulator } from "../emulator.ts";

export const appId = 4_242;

export const appKeys = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
export type AppKeys = ReturnType<typeof appKeys>;

/** A JWT of the App; what is given takes the place of a claim, `undefined` leaves it out. Times in s since the epoch. */
export const appJwt = (
  { privateKey }: Pick<AppKeys, "privateKey">,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: String(appId), iat: now - 30, exp: now + 300, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
};

export interface GithubAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text where it is none; null without a body. */
  readonly body: unknown;
}

export interface CallOptions {
  /** Default: a token of the installation on `acme`, with everything. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenNarrowing {
  readonly repositories?: readonly string[];
  readonly permissions?: Permissions;
}

export interface OpenGithub {
  readonly emulator: GithubEmulator;
  readonly jwt: () => Promise<string>;
  /** A new token of the installation on `acme`. */
  token(narrowing?: TokenNarrowing): Promise<string>;
  /** Below `/api/v3`. Each answer is held against GitHub's description. */
  call(method: string, path: string, options?: CallOptions): Promise<GithubAnswer>;
  /** `{ query, variables }` to GraphQL. */
  graphql(query: string, variables: object, token?: string): Promise<GithubAnswer>;
  /** Throws where an answer was not what GitHub's description allows; with `conformance`, a request too. */
  close(check?: "conformance" | "answers"): Promise<void>;
}

/** An emulator with the repositories `acme/tally` and `acme/other`, and the App on all of `acme`. */
export const openGithub = async (
  schemaFile: string,
  options: Partial<Omit<GithubEmulatorOptions, "openApi" | "directory" | "app">> = {},
): Promise<OpenGithub> => {
  const openApi: unknown = JSON.parse(readFileSync(schemaFile, "utf8"));
  const directory = await mkdtemp(join(tmpdir(), "github-emulator-"));
  const keys = appKeys();
  const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  const emulator = await startGithubEmulator({
    openApi,
    directory,
    app: { id: appId, publicKey },
    ...options,
  });
  const validator = createOpenApiValidator(openApi);
  const answerProblems: string[] = [];
  await emulator.site.addRepository({ owner: "acme", name: "tally" });
  await emulator.site.addRepository({ owner: "acme", name: "other" });
  emulator.site.install("acme");

  const send = async (
    url: string,
    init: RequestInit,
    authorization: string | null,
  ): Promise<GithubAnswer> => {
    const headers = { "content-type": "application/json", ...init.headers };
    const response = await fetch(url, {
      ...init,
      headers: authorization === null ? headers : { ...headers, authorization },
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  };
  const check = (
    method: string,
    path: string,
    body: unknown,
    { status, body: answer }: GithubAnswer,
  ): void => {
    const { pathname, searchParams: query } = new URL(path, "http://loopback");
    const verdict = validator.checkRequest({ method, path: describedPath(pathname), query, body });
    if (verdict.kind !== "valid" || typeof answer === "string") return;
    if (contradictory.has(`${verdict.operation.id} ${status}`)) return;
    const problems = validator.checkResponse(verdict.operation, status, answer);
    answerProblems.push(...problems.map((problem) => `${method} ${path}: ${problem}`));
  };
  let everything: Promise<string> | null = null;
  const github: OpenGithub = {
    emulator,
    jwt: () => appJwt(keys),
    async token(narrowing = {}) {
      const bearer = await appJwt(keys);
      const installation = await github.call("GET", "/repos/acme/tally/installation", { token: bearer });
      const { id } = installation.body as { id: number };
      const path = `/app/installations/${id}/access_tokens`;
      const minted = await github.call("POST", path, { token: bearer, body: narrowing });
      return (minted.body as { token: string }).token;
    },
    async call(method, path, { token, body, headers = {} } = {}) {
      everything ??= token === undefined ? github.token() : null;
      const bearer = token === undefined ? await everything : token;
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await send(
        `${emulator.apiUrl}${path}`,
        init,
        bearer === null ? null : `Bearer ${bearer}`,
      );
      check(method, path, body, answer);
      return answer;
    },
    async graphql(query, variables, token) {
      const bearer = token ?? (await github.token());
      const init = { method: "POST", body: JSON.stringify({ query, variables }) };
      return send(`${emulator.url}/api/graphql`, init, `Bearer ${bearer}`);
    },
    async close(strictness = "conformance") {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
      if (answerProblems.length > 0)
        throw new Error(`The emulator answers what GitHub would not:\n${answerProblems.join("\n")}`);
      if (strictness === "conformance") requireConformance(emulator.conformance());
    },
  };
  return github;
};

/** Answers that GitHub's description allows nobody to give: an account that is user and enterprise, an error of two kinds. */
const contradictory: ReadonlySet<string> = new Set([
  "apps/list-installations 200",
  "repos/create-or-update-file-contents 409",
]);

const parsed = (text: string): unknown => {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
