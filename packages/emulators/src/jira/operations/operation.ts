import { jsonAnswer, type LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { JiraLimits } from "../limits.ts";
import type { JiraIssue } from "../model.ts";
import { noSuchIssue, refuse } from "../refusal.ts";
import type { Renderer } from "../render.ts";
import type { JiraStore } from "../store.ts";

/** A request that the vendor's schema allows. */
export interface Call {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface JiraApi {
  readonly store: JiraStore;
  readonly render: Renderer;
  readonly limits: JiraLimits;
  readonly searchPages: SearchPages;
}

/** What is left of a search, behind a token. */
export type SearchPages = Map<string, { readonly jql: string; readonly ids: readonly string[] }>;

/** @throws Refusal as Jira refuses it */
export type Operation = (api: JiraApi, call: Call) => LoopbackAnswer;

export const ok = (value: unknown): LoopbackAnswer => jsonAnswer(200, value);
export const noContent: LoopbackAnswer = { status: 204, body: "" };

/** @throws Refusal 404 where there is none */
export const issueOf = ({ store }: JiraApi, { path }: Call): JiraIssue => {
  const issue = store.find(path["issueIdOrKey"] ?? "");
  if (issue === null) throw refuse(404, noSuchIssue);
  return issue;
};

export interface Page<T> {
  readonly startAt: number;
  readonly maxResults: number;
  readonly total: number;
  readonly values: readonly T[];
}

/** @param most what the vendor gives at once, whatever is asked for */
export const pageOf = <T>(all: readonly T[], query: URLSearchParams, most: number): Page<T> => {
  const startAt = Math.max(0, Number(query.get("startAt") ?? 0));
  const maxResults = Math.min(most, Math.max(0, Number(query.get("maxResults") ?? most)));
  return { startAt, maxResults, total: all.length, values: all.slice(startAt, startAt + maxResults) };
};

export const withIsLast = <T>(page: Page<T>): Page<T> & { readonly isLast: boolean } => ({
  ...page,
  isLast: page.startAt + page.values.length >= page.total,
});
