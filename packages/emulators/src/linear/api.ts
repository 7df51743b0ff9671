import type { Conformance } from "../shared/conformance.ts";
import type { FaultSource } from "../shared/faults.ts";
import type { WebhookDelivery } from "../shared/webhook-delivery.ts";

export type StateType =
  | "triage"
  | "backlog"
  | "unstarted"
  | "started"
  | "completed"
  | "canceled"
  | "duplicate";

export interface LinearRequest {
  /** When it arrived, in ms since the epoch. */
  readonly at: number;
  /** Of the document's only or named operation; empty for an anonymous one. */
  readonly operation: string;
  /** `query` or `mutation`; `none` where the document could not be parsed. */
  readonly kind: "query" | "mutation" | "none";
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Complexity points that it was charged. */
  readonly points: number;
  /** It came before the reset time of a rate limit that an earlier answer had told. */
  readonly early: boolean;
}

export interface NewIssue {
  readonly teamKey: string;
  readonly title: string;
  /** Markdown. */
  readonly description?: string;
  /** 0 none, 1 urgent … 4 low. */
  readonly priority?: number;
  /** Names; a workspace label is made where there is none of the name. */
  readonly labels?: readonly string[];
  /** Identifier of the parent. */
  readonly parent?: string;
  /** Default: the team's first unstarted state. */
  readonly state?: StateType;
}

export interface NewLabel {
  readonly name: string;
  /** Without it a workspace label. */
  readonly teamKey?: string;
  /** A group holds labels, and no issue has it itself. */
  readonly isGroup?: boolean;
  /** Id of its group: an issue has one label of a group at most. */
  readonly groupId?: string;
}

export interface SeenLabel {
  readonly id: string;
  readonly name: string;
  readonly teamKey: string | null;
}

export interface SeenIssue {
  readonly id: string;
  readonly identifier: string;
  readonly title: string;
  readonly description: string;
  readonly teamKey: string;
  readonly state: { readonly name: string; readonly type: StateType };
  /** Names, sorted. */
  readonly labels: readonly string[];
}

/** The workspace, with a person's hands on it. Every change sends the webhook that Linear would send. */
export interface LinearWorkspace {
  /** Gets Linear's own default states: Backlog, Todo, In Progress, In Review (started), Done, Canceled, Duplicate. */
  addTeam(team: { readonly key: string; readonly name?: string }): string;
  addLabel(label: NewLabel): string;
  /** It stays on the issues that have it, and no other gets it. */
  retireLabel(labelId: string): void;
  restoreLabel(labelId: string): void;
  /** Into a group, or out of it. */
  groupLabel(labelId: string, groupId: string | null): void;
  /** Identifiers count up in their team from 1. */
  addIssue(issue: NewIssue): { readonly id: string; readonly identifier: string };
  /** Both by identifier. */
  block(blocker: string, blocked: string): void;
  relate(one: string, other: string): void;
  /** By id, as are all below. */
  edit(issueId: string, edit: { readonly title?: string; readonly description?: string }): void;
  label(issueId: string, names: readonly string[]): void;
  unlabel(issueId: string, names: readonly string[]): void;
  moveToState(issueId: string, type: StateType): void;
  /** Its identifier changes, its id does not. */
  moveToTeam(issueId: string, teamKey: string): void;
  /** For good: Linear answers "Entity not found" for it afterwards. */
  deleteIssue(issueId: string): void;
  /** Null once it is deleted. */
  issue(issueId: string): SeenIssue | null;
  /** Bodies, oldest first. */
  comments(issueId: string): readonly string[];
  labels(): readonly SeenLabel[];
}

export interface LinearEmulatorOptions {
  /** Linear's own schema, as SDL. */
  readonly schema: string;
  /** The key that is accepted, in the header `Authorization` without `Bearer`. Default `lin_api_emulator`. */
  readonly apiKey?: string;
  /** May read and not write: mutations are answered as Linear answers a missing scope. */
  readonly readOnlyKey?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Per hour. Default 2,500 requests and 3,000,000 points; refilled at a constant rate. */
  readonly limits?: { readonly requests?: number; readonly points?: number };
  /** Answered after this time, in ms. Default 0. */
  readonly latencyMs?: number;
  readonly port?: number;
}

/** Linear's GraphQL API on loopback, over Linear's own schema. */
export interface LinearEmulator {
  /** For `LINEAR_API_URL`: `http://127.0.0.1:PORT/graphql`. */
  readonly url: string;
  readonly workspace: LinearWorkspace;
  /** Oldest first; the last 10,000. */
  requests(): readonly LinearRequest[];
  conformance(): Conformance;
  setFaults(source: FaultSource<LinearRequest>): void;
  /** What was sent so far, in order. While `pauseWebhooks(true)` they are dropped, as if the network had eaten them. */
  deliveries(): readonly WebhookDelivery[];
  pauseWebhooks(paused: boolean): void;
  /** Where the webhook goes from now on. */
  setWebhook(webhook: { readonly url: string; readonly secret: string } | null): void;
  /** Cuts open connections: a hanging answer holds nothing up. */
  close(): Promise<void>;
}
