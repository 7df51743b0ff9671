import type { ReceiptFacts } from "@ai-implement/contracts";
import type { Agent } from "./agent/agent.ts";
import type { EquippedAgent } from "./agent/equip.ts";
import type { RunnerDependencies } from "./dependencies.ts";
import { behindProxy, modelCredentialOf, upstreamOf } from "./model-proxy/behind-proxy.ts";
import type { ModelProxy } from "./model-proxy/model-proxy.ts";
import { openModelProxy } from "./model-proxy/open-model-proxy.ts";
import type { Folders } from "./pipeline/step.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import type { Work } from "./work.ts";

/** What one attempt's agent works in. */
export interface Surroundings {
  readonly agent: Agent;
  readonly sandbox: Sandbox;
  /** Null: the agent asks no model. */
  readonly models: ModelProxy | null;
  readonly modelCredential: ReceiptFacts["modelCredential"];
}

interface SurroundingsOptions {
  readonly work: Work;
  readonly equipped: EquippedAgent;
  readonly sandbox: Sandbox;
  readonly folders: Folders;
}

/** Puts the model's proxy up, does the work, and takes it down, however the work ends. */
export const withinSurroundings = async <Result>(
  { work, equipped, sandbox, folders }: SurroundingsOptions,
  { createAgent, path, log }: Pick<RunnerDependencies, "createAgent" | "path" | "log">,
  use: (surroundings: Surroundings) => Promise<Result>,
): Promise<Result> => {
  const upstream = upstreamOf(equipped);
  const models =
    upstream === null ? null : await openModelProxy({ upstream, prices: work.prices ?? {}, log });
  try {
    const { home, workspace } = folders;
    const served = models === null ? equipped : behindProxy(equipped, models);
    const agent = createAgent(served, { home, workspace, searchPath: path, sandbox });
    return await use({ agent, sandbox, models, modelCredential: modelCredentialOf(equipped) });
  } finally {
    await models?.close();
  }
};
