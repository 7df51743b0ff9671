import { randomUUID } from "node:crypto";
import { z } from "zod";
import { prepareJql } from "../jql/prepare.ts";
import type { JiraIssue } from "../model.ts";
import { refuse, refuseJql } from "../refusal.ts";
import type { IssueView } from "../store.ts";
import { type JiraApi, type Operation, ok } from "./operation.ts";

const bodySchema = z.object({
  jql: z.string().default(""),
  fields: z.array(z.string()).default(["id"]),
  maxResults: z.int().default(50),
  nextPageToken: z.string().optional(),
  reconcileIssues: z.array(z.int()).default([]),
});

const maxPage = 100;
const maxReconciled = 50;
/** Older tokens are expired, as the vendor's are after some days. */
const maxOpenSearches = 1_000;

/** Pages of one search are of one moment: what changes between them is seen on its page, and nothing comes twice. */
export const searchIssues: Operation = (api, call) => {
  const { jql, fields, maxResults, nextPageToken, reconcileIssues } = bodySchema.parse(call.body ?? {});
  if (reconcileIssues.length > maxReconciled)
    throw refuse(400, `The number of issues to reconcile must not exceed ${maxReconciled}.`);
  if (maxResults < 1) throw refuse(400, "The maxResults value must be greater than zero.");
  const view = api.store.indexed(new Set(reconcileIssues.map(String)));
  const ids = nextPageToken === undefined ? found(api, jql, view) : continued(api, jql, nextPageToken);
  const size = Math.min(maxPage, maxResults);
  const rest = ids.slice(size);
  const issues = ids.slice(0, size).flatMap((id) => view.issue(id) ?? []);
  return ok({
    issues: issues.map((issue) => api.render.issue(issue, view, fields)),
    ...(rest.length === 0 ? { isLast: true } : { isLast: false, nextPageToken: tokenFor(api, jql, rest) }),
  });
};

const found = ({ store }: JiraApi, jql: string, view: IssueView): readonly string[] => {
  const prepared = prepareJql(store, jql);
  if (prepared.kind === "refused") throw refuseJql(prepared.errors);
  if (!prepared.bounded)
    throw refuseJql([
      "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
    ]);
  return view
    .all()
    .filter(prepared.matches)
    .sort(prepared.compare)
    .map(({ id }: JiraIssue) => id);
};

const continued = ({ searchPages }: JiraApi, jql: string, token: string): readonly string[] => {
  const page = searchPages.get(token);
  if (page === undefined || page.jql !== jql)
    throw refuse(400, "The provided next page token is invalid or expired.");
  return page.ids;
};

const tokenFor = ({ searchPages }: JiraApi, jql: string, ids: readonly string[]): string => {
  const token = randomUUID();
  searchPages.set(token, { jql, ids });
  const [oldest] = searchPages.keys();
  if (searchPages.size > maxOpenSearches && oldest !== undefined) searchPages.delete(oldest);
  return token;
};
