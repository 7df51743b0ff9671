import { executorFactories } from "./adapters/executor/registry.ts";
import { forgeFactories } from "./adapters/forge/registry.ts";
import type { Config } from "./config.ts";
import type { Clock } from "./ports/clock.ts";
import type { Executor } from "./ports/executor.ts";
import type { Forge } from "./ports/forge.ts";
import type { ForgeWebhook } from "./ports/forge-webhook.ts";
import type { JobIdentities } from "./ports/job-identities.ts";

/** GitHub as forge and as executor: one client, so one view of its limits. */
export interface GithubAdapters {
  readonly forge: Forge;
  readonly executor: Executor;
  /** What the App may reach has changed. */
  accessChanged(): void;
}

/** Null: no GitHub App is configured. Loaded only then: what nobody uses costs no memory. */
export const createGithubAdapters = async (
  { github, runs }: Config,
  clock: Clock,
  patience?: { readonly timeoutMs: number; readonly retries: number },
): Promise<GithubAdapters | null> => {
  if (github.app === null) return null;
  const { createGithubClient } = await import("./adapters/shared/github/create-github-client.ts");
  const client = createGithubClient({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    apiUrl: github.apiUrl,
    clock,
    ...(patience === undefined ? {} : { gate: patience }),
  });
  const [createForge, createExecutor] = await Promise.all([
    forgeFactories.github(),
    executorFactories["github-actions"](),
  ]);
  return {
    forge: createForge({ client }),
    executor: createExecutor({
      client,
      clock,
      callback: runs.callback === null ? null : { url: runs.callback.baseUrl },
      needsClaimToken: github.oidcIssuer === null,
    }),
    accessChanged: client.accessChanged,
  };
};

/** Null: nothing vouches for a job here, so a claim needs its token. */
export const createGithubIdentities = async (
  { github, runs }: Config,
  clock: Clock,
): Promise<JobIdentities | null> => {
  if (github.app === null || github.oidcIssuer === null || runs.callback === null) return null;
  const { createJobIdentities } = await import("./adapters/executor/github-actions/job-identities.ts");
  return createJobIdentities({ issuer: github.oidcIssuer, clock });
};

/** Null: `GITHUB_WEBHOOK_SECRET` is not set, and the endpoint refuses all (§4.1). */
export const createGithubWebhookReader = async ({ github }: Config): Promise<ForgeWebhook | null> => {
  if (github.webhookSecret === null) return null;
  const { createGithubWebhook } = await import("./adapters/forge/github/github-webhook.ts");
  return createGithubWebhook({ secret: github.webhookSecret });
};
