import type { Usage } from "@ai-implement/contracts";
import type { Agent, OnActivity } from "../agent/agent.ts";
import type { Git } from "../git/git.ts";
import type { RepositoryAccess } from "../git/repository-access.ts";
import type { ModelProxy } from "../model-proxy/model-proxy.ts";
import type { RunAccount } from "../receipt/run-account.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Secrets } from "../secrets.ts";
import type { Redact } from "../text/redact.ts";
import type { Work } from "../work.ts";
import type { Facts } from "./facts.ts";
import type { StepLog } from "./step-log.ts";
import type { UsageMeter } from "./usage-meter.ts";

export interface Folders {
  /** Where the report and the logs go. */
  readonly own: string;
  /** Where the agent works. */
  readonly workspace: string;
  /** Our own git directory, outside of the workspace. */
  readonly gitDirectory: string;
  readonly home: string;
  readonly temporary: string;
}

/** Everything a step may use. */
export interface StepInput {
  readonly job: Work;
  readonly facts: Facts;
  readonly folders: Folders;
  readonly agent: Agent;
  /** Null: the agent asks no model, or none that can be counted. */
  readonly models: ModelProxy | null;
  /** What the agent and everything of the repository's own runs inside of (§11.3). */
  readonly sandbox: Sandbox;
  readonly account: RunAccount;
  readonly git: Git;
  /** For the git commands that reach the remote, and for nothing else. */
  readonly access: RepositoryAccess;
  /** The whole environment of the agent, the repository's scripts and its package manager (§11.3). */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly meter: UsageMeter;
  readonly steps: StepLog;
  readonly onActivity: OnActivity;
  /** A fresh delimiter for the fences of one prompt (§11.6). */
  readonly newDelimiter: () => string;
  readonly secrets: Secrets;
  readonly redact: Redact;
}

export interface StepResult {
  /** `failed` without a throw: the step has something to say beyond its failure. */
  readonly status: "succeeded" | "skipped" | "failed";
  readonly detail?: string;
  readonly usage?: Usage;
  readonly facts?: Facts;
  /** What the step worked on, in a few lines, for people. */
  readonly input?: string;
}

export interface Step {
  /** When false, its failure is reported and the run goes on. */
  readonly essential: boolean;
  /** @throws StepFailure */
  run(input: StepInput): Promise<StepResult>;
}
