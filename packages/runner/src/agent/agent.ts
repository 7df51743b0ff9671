import type { RunnerFailureReason, Usage } from "@ai-implement/contracts";

/** What a session is for; an agent may choose a cheaper model or fewer tools by it. */
export type AgentPurpose = "explore" | "plan" | "implement" | "review" | "gap-analysis";

export interface AgentRequest {
  readonly purpose: AgentPurpose;
  readonly prompt: string;
  /** The clone. The agent may read it, and change it only with `access: "edit"`. */
  readonly directory: string;
  readonly access: "read-only" | "edit";
  readonly model: string;
  readonly maxTurns: number;
  /** What may still be spent, in US dollars. */
  readonly budgetUsd?: number;
  /** Go on in this session instead of paying for the context again. */
  readonly resume?: string;
  /** JSON schema that the answer must fit; it comes back as `structured`. */
  readonly answerSchema?: Readonly<Record<string, unknown>>;
  /** The agent's whole environment: nothing is inherited (§11.3). */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the session; the outcome is then `stopped`. */
  readonly signal: AbortSignal;
}

/** What the agent does right now, one line, for people watching. */
export type OnActivity = (line: string) => void;

export type AgentOutcome =
  | {
      readonly kind: "completed";
      readonly text: string;
      readonly structured: unknown;
      readonly session: string;
      readonly usage: Usage;
    }
  | {
      readonly kind: "failed";
      readonly reason: RunnerFailureReason;
      /** For a person: what happened and, where we know one, the fix. */
      readonly message: string;
      readonly session: string | null;
      /** `null` where the agent said nothing about it: not measured, which is not zero. */
      readonly usage: Usage | null;
    }
  /** We ended it ourselves, through the signal. */
  | { readonly kind: "stopped"; readonly usage: Usage | null };

/** A coding CLI that the runner drives. A second one is one more folder (§10.4). */
export interface Agent {
  /** How people should read it: `Claude Code 2.1.197`, `scripted agent (rehearsal)`. */
  describe(): Promise<string>;
  /** Never rejects for what the agent or its provider does: that is an outcome. */
  run(request: AgentRequest, onActivity: OnActivity): Promise<AgentOutcome>;
}
