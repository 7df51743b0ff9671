import { generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  answering,
  type HandClock,
  handClock,
  type Script,
  type ScriptedVendor,
  startScriptedVendor,
} from "../../testing/scripted-vendor.ts";
import { createGithubClient } from "../create-github-client.ts";
import type { GithubClient } from "../github-client.ts";

export const testKey = (type: "pkcs1" | "pkcs8") =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type, format: "pem" },
  });

export interface ScriptedInstallation {
  readonly id: number;
  readonly account: { readonly login: string } | null;
  readonly suspended_at?: string | null;
  readonly permissions: Readonly<Record<string, string>>;
}

/** GitHub's part for the App, as far as it never changes; what is asked with an installation's token is the script's. */
export interface ScriptedGithub {
  readonly vendor: ScriptedVendor;
  readonly clock: HandClock;
  readonly client: GithubClient;
  installations: readonly ScriptedInstallation[];
  /** Instead of a new token. */
  mint: Script | null;
  /** What is asked with a token. */
  answer: Script;
  /** Paths, oldest first; those of the App begin with `/app`. */
  paths(like?: RegExp): readonly string[];
  /** Authorisation of what was asked with a token, oldest first. */
  tokens(): readonly (string | undefined)[];
  close(): Promise<void>;
}

export const allPermissions = {
  actions: "write",
  checks: "read",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
  workflows: "write",
} as const;

export const installed = (id: number, login: string): ScriptedInstallation => ({
  id,
  account: { login },
  suspended_at: null,
  permissions: allPermissions,
});

export const json = (body: unknown, headers: Readonly<Record<string, string>> = {}): Script =>
  answering(200, JSON.stringify(body), headers);

const perPage = 2;

export const startScriptedGithub = async (
  privateKey = testKey("pkcs1").privateKey,
): Promise<ScriptedGithub> => {
  const clock = handClock();
  let minted = 0;
  const isApp = (path: string) => path.startsWith("/app");

  const listInstallations = (path: string, response: ServerResponse): void => {
    const page = Number(new URL(path, "http://x").searchParams.get("page") ?? "1");
    const rest = github.installations.slice((page - 1) * perPage);
    const link = `<http://elsewhere.example/other?page=${page + 1}&per_page=100>; rel="next"`;
    response.writeHead(200, rest.length > perPage ? { link } : {});
    response.end(JSON.stringify(rest.slice(0, perPage)));
  };
  const mint: Script = (_, response) => {
    minted += 1;
    const expires_at = new Date(clock.now() + 60 * 60_000).toISOString();
    response.writeHead(201).end(JSON.stringify({ token: `token-${minted}`, expires_at }));
  };
  const vendor = await startScriptedVendor((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/app/installations?")) listInstallations(path, response);
    else if (path.startsWith("/app/")) (github.mint ?? mint)(request, response);
    else github.answer(request, response);
  });
  const gate = { retryDelayMs: 1, timeoutMs: 2_000 };
  const github: ScriptedGithub = {
    vendor,
    clock,
    client: createGithubClient({ appId: 7, privateKey, apiUrl: vendor.url, clock, gate }),
    installations: [installed(1, "acme")],
    mint: null,
    answer: json({ fine: true }),
    paths: (like = /^/) => vendor.requests.map(({ path }) => path).filter((path) => like.test(path)),
    tokens: () =>
      vendor.requests
        .filter(({ path }) => !isApp(path))
        .map(({ authorization }) => authorization?.replace("Bearer ", "")),
    close: vendor.close,
  };
  return github;
};
