import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  GithubEmulator,
  GithubEmulatorOptions,
  GithubRequest,
  GithubSite,
} from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import type { Repository } from "../../../../core/project.ts";
import type { PullRequestDraft } from "../../../../core/runs/effects.ts";
import type { Forge, ForgeReviews } from "../../../../ports/forge.ts";
import { createGithubClient } from "../../../shared/github/create-github-client.ts";
import type { GithubClient } from "../../../shared/github/github-client.ts";
import { createGithubForge } from "../github-forge.ts";

const schemaFile = vendorSchema("github.openapi.json");

/** GitHub's own description; null: what needs it is skipped. */
export const githubOpenApi: unknown =
  schemaFile === null ? null : (JSON.parse(readFileSync(schemaFile, "utf8")) as unknown);

/** A GitHub with the repository `acme/tally`, the App installed on `acme`, and a forge that looks at it. */
export interface GithubScene {
  readonly emulator: GithubEmulator;
  readonly site: GithubSite;
  readonly client: GithubClient;
  readonly forge: Forge;
  readonly reviews: ForgeReviews;
  readonly repository: Repository;
  /** What a restart of the service would have: nothing in memory. */
  restarted(): { readonly client: GithubClient; readonly forge: Forge };
  draft(change?: Partial<PullRequestDraft>): PullRequestDraft;
  /** What reached GitHub, by method and path without the query, oldest first; without the App's own requests. */
  requests(like?: RegExp): readonly GithubRequest[];
  /** Passes for the client, in ms; the emulator lives in real time. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export const appId = 4242;
export const head = "ai-implement/acme-1-add-a-total";

export const openGithubScene = async (
  options: Partial<Omit<GithubEmulatorOptions, "openApi" | "directory" | "app">> = {},
): Promise<GithubScene> => {
  const directory = await mkdtemp(join(tmpdir(), "github-forge-"));
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const app = { id: appId, publicKey: keys.publicKey };
  const emulator = await startGithubEmulator({ openApi: githubOpenApi, directory, app, ...options });
  const { site } = emulator;
  await site.addRepository({ owner: "acme", name: "tally" });
  site.install("acme");
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  const restarted: GithubScene["restarted"] = () => {
    const client = createGithubClient({
      appId,
      privateKey: keys.privateKey,
      apiUrl: emulator.apiUrl,
      clock,
      gate: { retryDelayMs: 1, timeoutMs: 2_000 },
    });
    return { client, forge: createGithubForge({ client, clock }) };
  };
  const { client, forge } = restarted();
  if (forge.reviews === undefined) throw new Error("people review on GitHub");
  const repository: Repository = { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" };
  return {
    emulator,
    site,
    client,
    forge,
    reviews: forge.reviews,
    repository,
    restarted,
    draft: (change = {}) => ({
      repository,
      head,
      base: "main",
      title: "ACME-1: Add a total",
      body: "What was done",
      draft: false,
      ...change,
    }),
    requests: (like = /^/) =>
      emulator
        .requests()
        .filter(({ by, method, path }) => by.kind === "installation" && like.test(`${method} ${path}`)),
    advance: (ms) => {
      ahead += ms;
    },
    async close() {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
      requireConformance(emulator.conformance());
    },
  };
};
