import type { RunReport } from "@ai-implement/contracts";
import type { ExecutorKind, ModelProvider, Repository } from "./project.ts";
import type { Failure } from "./runs/failure.ts";
import type { Ticket } from "./ticket.ts";
import type { Instant } from "./time.ts";

export type Phase = "plan" | "implement" | "revise";

/** A UUIDv7. A run is one attempt, so this is the attempt id too: the idempotency key everywhere (§2). */
export type RunId = string;

export const liveStates = ["queued", "dispatching", "running"] as const;
export const terminalStates = ["succeeded", "review_failed", "failed", "timed_out", "cancelled"] as const;
export type LiveState = (typeof liveStates)[number];
export type TerminalState = (typeof terminalStates)[number];
export type RunState = LiveState | TerminalState;

/** What an executor made for an attempt, as it names it: a workflow run, a machine. */
export interface ExecutorResource {
  readonly id: string;
  /** Where people watch it. */
  readonly url?: string;
}

/** Settings fixed when the run is admitted: a later edit of the project reaches the next run only. */
export interface RunSettings {
  readonly provider: ModelProvider;
  /** With bedrock. */
  readonly awsRegion?: string;
  /** File name of the workflow that does this phase, where the executor has workflows. */
  readonly workflowFile: string;
  readonly maxTurns: number;
  readonly maxIterations: number;
  readonly maxJobMinutes: number;
  readonly perRunUsd?: number;
  /** Both absent only in runs that an earlier version admitted. */
  readonly machineCpus?: number;
  readonly machineMemoryMb?: number;
  /** Globs of what needs a person before it is published. */
  readonly protectedPaths?: readonly string[];
  readonly autoApprovePlans: boolean;
  readonly planningEnabled: boolean;
}

/** One try of one phase of agent work on one ticket (§2, §5.3). */
export interface Run {
  readonly id: RunId;
  /** The ticket as it stood at admission: an edit reaches the next phase. */
  readonly ticket: Ticket;
  readonly projectKey: string;
  readonly repository: Repository;
  readonly phase: Phase;
  /** Counts every try of this ticket and phase, from 1: with them it names the run. */
  readonly attempt: number;
  /** Counts the tries since a person last reset the ticket, from 1: what §15 limits to three. */
  readonly tryNumber: number;
  readonly executor: ExecutorKind;
  readonly settings: RunSettings;
  readonly branch: string;
  readonly state: RunState;
  readonly admittedAt: Instant;
  /** When the executor was last asked to start it: committed before it is asked. */
  readonly dispatchStartedAt?: Instant;
  /** When the executor was known to have it. */
  readonly dispatchedAt?: Instant;
  /** Once its executor said which. */
  readonly resource?: ExecutorResource;
  /** When its executor was first seen to work on it, rather than to keep it waiting. */
  readonly startedAt?: Instant;
  /** The runner process that won the claim; only it may report (§8.1). */
  readonly claimedBy?: string;
  readonly claimedAt?: Instant;
  readonly heartbeatAt?: Instant;
  /** What the runner said at its end. A live run that has one waits only for its pull request. */
  readonly report?: RunReport;
  readonly failure?: Failure;
  readonly endedAt?: Instant;
}

export const isLive = (state: RunState): state is LiveState =>
  (liveStates as readonly RunState[]).includes(state);

export const isTerminal = (state: RunState): state is TerminalState => !isLive(state);
