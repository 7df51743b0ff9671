import type { SandboxSettings } from "@ai-implement/contracts";
import { chooseAgentUser } from "./agent-user.ts";
import { closeInheritedFiles } from "./close-inherited-files.ts";
import { openEgress } from "./egress.ts";
import type { Sandbox } from "./sandbox.ts";
import { createSeparateSandbox } from "./separate-sandbox.ts";
import { createSharedSandbox } from "./shared-sandbox.ts";

export interface SandboxOptions {
  readonly runId: string;
  readonly settings: SandboxSettings;
  /** `AI_IMPLEMENT_AGENT_USER`: a user's name, or `uid:gid`. Undefined: a user of this attempt's own where we may make one. */
  readonly agentUser: string | undefined;
  /** Where programs are found. */
  readonly path: string;
  /** What has to be startable inside, by name or path: the agent's CLI, and what the repository's programs need. */
  readonly programs: readonly string[];
  /** Where nobody inside may go although it is on this machine, such as the orchestrator. */
  readonly closedUrls: readonly string[];
  /** What has to be reached directly, such as the model's API by an agent that holds its own credential. */
  readonly openUrls: readonly string[];
  readonly log: (line: string) => void;
}

export type SandboxOpening =
  | { readonly kind: "open"; readonly sandbox: Sandbox }
  /** It would be weaker than it has to be. For a person: what is missing, and the fix. */
  | { readonly kind: "refused"; readonly message: string };

/** As strong as the machine permits, and never weaker than the settings demand (§11.3). */
export const openSandbox = async (options: SandboxOptions): Promise<SandboxOpening> => {
  const { runId, path, log } = options;
  await closeInheritedFiles();
  const choice = await chooseAgentUser({ runId, named: options.agentUser, path, programs: options.programs });
  if (choice.kind === "refused") return choice;
  const user = choice.kind === "separate" ? choice.user : null;
  const opening = await openEgress({ ...options, user });
  if (opening.kind === "refused") {
    user?.release();
    return opening;
  }
  const { egress } = opening;
  const sandbox =
    choice.kind === "separate"
      ? createSeparateSandbox({ user: choice.user, egress, path, log })
      : createSharedSandbox([choice.why], egress);
  for (const reason of sandbox.isolation.weakerBecause) log(`the sandbox is weaker: ${reason}`);
  return { kind: "open", sandbox };
};
