import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { executeWorkflow } from "@ai-implement/emulators/actions/execute-workflow.ts";
import { knownActions } from "@ai-implement/emulators/actions/known-actions.ts";
import type { GithubEmulator, GithubEmulatorOptions } from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";

const runner = fileURLToPath(new URL("../../packages/runner/dist/runner.js", import.meta.url));

export const tally = { owner: "acme", name: "tally" } as const;

const webhookSecret = "a webhook secret of GitHub's";
const gapFillSecret = "a-bearer-of-the-trigger";

export interface Github {
  readonly emulator: GithubEmulator;
  /** What the service needs to find it. */
  readonly settings: Readonly<Record<string, string>>;
  /** The log of every workflow run, secrets masked as GitHub masks them. */
  readonly log: readonly string[];
  /** From now on every change is told to the service. */
  sendWebhooks(serviceUrl: string): void;
  /** @throws Error when the service sent what GitHub's own description does not allow */
  close(): Promise<void>;
}

export interface GithubOptions extends Pick<GithubEmulatorOptions, "listLagMs" | "latencyMs" | "limits"> {
  readonly openApi: string;
  readonly directory: string;
  /** What a job's image brings: where the model is, which CLI. */
  readonly machine?: Readonly<Record<string, string>>;
  /** Of the target repository. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** False: dispatched runs stay queued. */
  readonly executes?: boolean;
}

/** GitHub with the App installed on `acme`, whose repository `tally` has our workflows as a sync would leave them. */
export const startGithub = async (options: GithubOptions): Promise<Github> => {
  const { openApi, directory, machine = {}, secrets = {}, files = {}, executes = true, ...rest } = options;
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const log: string[] = [];
  const emulator = await startGithubEmulator({
    ...rest,
    openApi: JSON.parse(await readFile(openApi, "utf8")) as unknown,
    directory: join(directory, "github"),
    app: { id: 4711, publicKey },
    ...(executes
      ? {
          execute: executeWorkflow({
            directory: join(directory, "machines"),
            path: `${await makeImage(join(directory, "image"))}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
            environment: machine,
            actions: knownActions,
            onLog: (line) => void log.push(line),
          }),
        }
      : {}),
  });
  await emulator.site.addRepository({ ...tally, files: { "README.md": "# tally\n", ...files } });
  emulator.site.install(tally.owner);
  for (const [name, value] of Object.entries(secrets)) emulator.site.setSecret(tally, name, value);
  return {
    emulator,
    log,
    settings: {
      GITHUB_APP_ID: "4711",
      GITHUB_APP_PRIVATE_KEY: privateKey.replaceAll("\n", "\\n"),
      GITHUB_API_URL: emulator.apiUrl,
      GITHUB_OIDC_ISSUER: emulator.oidcIssuer,
      GITHUB_WEBHOOK_SECRET: webhookSecret,
      GAP_FILL_TRIGGER_SECRET: gapFillSecret,
    },
    sendWebhooks: (serviceUrl) =>
      emulator.setWebhook({ url: `${serviceUrl}/api/github/webhook`, secret: webhookSecret }),
    async close() {
      await emulator.close();
      requireConformance(emulator.conformance());
    },
  };
};

/** A folder for `PATH` with what the runner's image brings. */
const makeImage = async (directory: string): Promise<string> => {
  await mkdir(directory, { recursive: true });
  const program = join(directory, "ai-implement-runner");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`);
  await chmod(program, 0o755);
  return `${directory}:${dirname(process.execPath)}`;
};
