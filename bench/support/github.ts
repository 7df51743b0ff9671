import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { GithubEmulator, GithubEmulatorOptions } from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { githubSchema } from "./vendor-schemas.ts";

export const appId = 4711;

export interface BenchGithub {
  readonly emulator: GithubEmulator;
  /** PEM. */
  readonly privateKey: string;
}

/** Workflows that take what we send, and that nobody executes. */
const workflow = `name: Work
run-name: AI-Implement \${{ inputs.phase }} \${{ inputs.identifier }} · \${{ inputs.attempt }}
on:
  workflow_dispatch:
    inputs:
${["attempt", "phase", "identifier", "orchestrator_url", "claim_token", "job_minutes", "runner_image", "provider", "aws_region", "job"].map((name) => `      ${name}: { type: string, default: "" }\n`).join("")}
jobs: {}
`;

/** GitHub with one repository for each of `places`, the App installed on every account. */
export const startBenchGithub = async (
  places: readonly { readonly owner: string; readonly name: string }[],
  options: Pick<GithubEmulatorOptions, "directory" | "latencyMs">,
): Promise<BenchGithub> => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const openApi = JSON.parse(await readFile(githubSchema(), "utf8")) as unknown;
  const emulator = await startGithubEmulator({ ...options, openApi, app: { id: appId, publicKey } });
  const files = {
    ".github/workflows/claude-plan.yml": workflow,
    ".github/workflows/claude-implement.yml": workflow,
  };
  for (const place of places) await emulator.site.addRepository({ ...place, files });
  for (const owner of new Set(places.map((place) => place.owner))) emulator.site.install(owner);
  return { emulator, privateKey };
};
