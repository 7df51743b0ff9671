import type { Conformance } from "../shared/conformance.ts";
import type { FaultSource } from "../shared/faults.ts";
import type { WebhookDelivery } from "../shared/webhook-delivery.ts";

export type StatusCategory = "new" | "indeterminate" | "done";

export interface JiraRequest {
  /** When it arrived, in ms since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Below `/ex/jira/{cloudId}`, without the query: `/rest/api/3/search/jql`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** It came before the time that an earlier 429 had told. */
  readonly early: boolean;
}

export interface NewJiraIssue {
  readonly projectKey: string;
  readonly summary: string;
  /** Atlassian Document Format. */
  readonly description?: unknown;
  /** Custom fields by name: the option's value for a select, text for a text field. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Key of the parent. */
  readonly parent?: string;
  /** `Highest` … `Lowest`. Default `Medium`. */
  readonly priority?: string;
  readonly labels?: readonly string[];
}

export interface SeenJiraIssue {
  readonly id: string;
  readonly key: string;
  readonly summary: string;
  readonly description: unknown;
  readonly status: { readonly name: string; readonly category: StatusCategory };
  /** Custom fields by name; an unset one is absent. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The site, with a person's hands on it. Every change sends the webhook that Jira would send. */
export interface JiraSite {
  addProject(project: { readonly key: string; readonly name?: string }): void;
  /** With its issues. */
  removeProject(key: string): void;
  /** @returns `customfield_10500`, counting up. A `text` field has no options. */
  addField(field: {
    readonly name: string;
    readonly type: "select" | "text";
    readonly options?: readonly string[];
  }): string;
  removeField(name: string): void;
  removeOption(fieldName: string, option: string): void;
  /** Keys count up in their project from 1. */
  addIssue(issue: NewJiraIssue): { readonly id: string; readonly key: string };
  /** Link type `Blocks`, both by key. */
  block(blocker: string, blocked: string): void;
  /** Link type `Relates`. */
  relate(one: string, other: string): void;
  /** By id, as are all below. `null` unsets. */
  setField(issueId: string, fieldName: string, value: string | null): void;
  edit(issueId: string, edit: { readonly summary?: string; readonly description?: unknown }): void;
  /** `To Do`, `In Progress` or `Done`; with `Done` a resolution, default `Done` (`Won't Do` for a cancelled one). */
  setStatus(issueId: string, status: "To Do" | "In Progress" | "Done", resolution?: string): void;
  /** Its key changes, its id does not. */
  moveToProject(issueId: string, projectKey: string): void;
  deleteIssue(issueId: string): void;
  issue(issueId: string): SeenJiraIssue | null;
  /** Bodies in Atlassian Document Format, oldest first. */
  comments(issueId: string): readonly unknown[];
}

export interface JiraEmulatorOptions {
  /** Jira Cloud's own OpenAPI description, parsed. */
  readonly openApi: unknown;
  /** Bearer token. Default `jira-token`. */
  readonly token?: string;
  /** Default `cloud-1`. */
  readonly cloudId?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** How far the index of `search/jql` and `jql/match` lags behind writes, in ms; `reconcileIssues` sees through it. Default 0. */
  readonly searchLagMs?: number;
  /** Per issue: default 20 writes in 2 s, then 429 with `RateLimit-Reason: jira-per-issue-on-write`. */
  readonly writesPerIssue?: { readonly count: number; readonly windowMs: number };
  /** Answered after this time, in ms. Default 0. */
  readonly latencyMs?: number;
  readonly port?: number;
}

/** Jira Cloud's REST API v3 on loopback: the part that a client of issues, fields, comments and searches uses. */
export interface JiraEmulator {
  /** For `JIRA_API_URL`: `http://127.0.0.1:PORT`; the API is below `/ex/jira/{cloudId}`. */
  readonly url: string;
  readonly site: JiraSite;
  /** Oldest first; the last 10,000. */
  requests(): readonly JiraRequest[];
  conformance(): Conformance;
  setFaults(source: FaultSource<JiraRequest>): void;
  deliveries(): readonly WebhookDelivery[];
  pauseWebhooks(paused: boolean): void;
  setWebhook(webhook: { readonly url: string; readonly secret: string } | null): void;
  close(): Promise<void>;
}
