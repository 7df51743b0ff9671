import { getMyPermissions, getMyself, getServerInfo } from "./account.ts";
import { addComment, getComments } from "./comments.ts";
import { getContextOptions, getContexts, getFields, getSuggestions, searchFields } from "./fields.ts";
import { bulkFetchIssues, editIssue, getEditMeta, getIssue, linkIssues } from "./issues.ts";
import { matchIssues, parseQueries } from "./jql.ts";
import type { Operation } from "./operation.ts";
import { searchIssues } from "./search.ts";

/** What is emulated, by the name that the vendor's own description gives it. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ["searchAndReconsileIssuesUsingJqlPost", searchIssues],
  ["bulkFetchIssues", bulkFetchIssues],
  ["getIssue", getIssue],
  ["editIssue", editIssue],
  ["getEditIssueMeta", getEditMeta],
  ["linkIssues", linkIssues],
  ["getComments", getComments],
  ["addComment", addComment],
  ["getFields", getFields],
  ["getFieldsPaginated", searchFields],
  ["getContextsForField", getContexts],
  ["getOptionsForContext", getContextOptions],
  ["getFieldAutoCompleteForQueryString", getSuggestions],
  ["parseJqlQueries", parseQueries],
  ["matchIssues", matchIssues],
  ["getCurrentUser", getMyself],
  ["getMyPermissions", getMyPermissions],
  ["getServerInfo", getServerInfo],
]);
