import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  GithubEmulator,
  GithubEmulatorOptions,
  GithubRequest,
} from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { uuidv7 } from "uuidv7";
import type { Repository } from "../../../../core/project.ts";
import type { AttemptReference, Executor } from "../../../../ports/executor.ts";
import { createGithubClient } from "../../../shared/github/create-github-client.ts";
import type { GithubClient } from "../../../shared/github/github-client.ts";
import { executorFactories } from "../../registry.ts";
import { anAttempt } from "../../testing/attempts.ts";
import type { GithubActionsExecutorOptions } from "../github-actions-executor.ts";
import { workflowFile } from "./workflow-file.ts";

const schemaFile = vendorSchema("github.openapi.json");

/** GitHub's own description; null: what needs it is skipped. */
export const githubOpenApi: unknown =
  schemaFile === null ? null : (JSON.parse(readFileSync(schemaFile, "utf8")) as unknown);

export const tally: Repository = { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" };
export const resultArtifact = "ai-implement-result";

/** A GitHub with `acme/tally`, our workflows on its default branch, and an executor that looks at it. */
export interface GithubActionsScene {
  readonly emulator: GithubEmulator;
  readonly executor: Executor;
  /** The App's hands, for what no person's are there for. */
  readonly client: GithubClient;
  /** What a restart of the service would have: nothing in memory. */
  restarted(options?: Partial<GithubActionsExecutorOptions>): Promise<Executor>;
  /** An attempt of now on `acme/tally`. */
  attempt(change?: Partial<AttemptReference>): AttemptReference;
  /** Passes for the executors, in ms; GitHub and the client live in real time. */
  advance(ms: number): void;
  /** What reached GitHub with a token of the installation, oldest first: `POST /repos/…`. */
  requests(like?: RegExp): readonly GithubRequest[];
  /** The last run completes, with this result where one is given. @returns its id */
  complete(conclusion: "success" | "failure" | "cancelled" | "timed_out", left?: unknown): number;
  close(): Promise<void>;
}

export const openGithubActionsScene = async (
  options: Partial<Omit<GithubEmulatorOptions, "openApi" | "directory" | "app">> = {},
): Promise<GithubActionsScene> => {
  const directory = await mkdtemp(join(tmpdir(), "github-actions-"));
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const app = { id: 4242, publicKey: keys.publicKey };
  const emulator = await startGithubEmulator({ openApi: githubOpenApi, directory, app, ...options });
  const { site } = emulator;
  await site.addRepository({
    owner: "acme",
    name: "tally",
    files: {
      "README.md": "# tally\n",
      ".github/workflows/claude-plan.yml": workflowFile(),
      ".github/workflows/claude-implement.yml": workflowFile(),
    },
  });
  site.install("acme");
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  const { privateKey } = keys;
  // GitHub takes no App whose clock is an hour ahead.
  const realTime = { now: () => Date.now() };
  const gate = { retryDelayMs: 1, timeoutMs: 2_000 };
  const newClient = () =>
    createGithubClient({ appId: app.id, privateKey, apiUrl: emulator.apiUrl, clock: realTime, gate });
  const restarted: GithubActionsScene["restarted"] = async (more = {}) => {
    const client = newClient();
    const create = await executorFactories["github-actions"]();
    const callback = { url: "https://ai-implement.acme.example" };
    return create({ client, clock, callback, needsClaimToken: false, ...more });
  };
  return {
    emulator,
    executor: await restarted(),
    client: newClient(),
    restarted,
    attempt: (change = {}) =>
      anAttempt({ runId: uuidv7(), repository: tally, dispatchStartedAt: clock.now(), ...change }),
    advance: (ms) => {
      ahead += ms;
    },
    requests: (like = /^/) =>
      emulator
        .requests()
        .filter(({ by, method, path }) => by.kind === "installation" && like.test(`${method} ${path}`)),
    complete: (conclusion, left) => {
      const { id } = site.workflowRuns().at(-1) ?? { id: 0 };
      if (left !== undefined) site.addArtifact(id, resultArtifact, { "result.json": JSON.stringify(left) });
      site.setRun(id, { status: "completed", conclusion });
      return id;
    },
    async close() {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
      requireConformance(emulator.conformance());
    },
  };
};
