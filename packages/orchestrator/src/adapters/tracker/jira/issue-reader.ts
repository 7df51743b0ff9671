import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { type BareIssue, bareIssueSchema, bulkFetchSchema } from "./schema.ts";

/** As many as Jira takes at once. */
const idsPerRequest = 100;

/**
 * Issues by id, as they are now: unlike a search this is read-after-write. One that is not in the answer may still
 * exist: Jira leaves out what it cannot read at the moment. @throws VendorError
 */
export const fetchIssues = async (
  client: JiraClient,
  ids: readonly string[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, BareIssue>> => {
  const wanted = [...new Set(ids)];
  const chunks = Array.from({ length: Math.ceil(wanted.length / idsPerRequest) }, (_, index) =>
    wanted.slice(index * idsPerRequest, (index + 1) * idsPerRequest),
  );
  const answers = await Promise.all(
    chunks.map((issueIdsOrKeys) =>
      client.read(
        { method: "POST", path: "/issue/bulkfetch", body: { issueIdsOrKeys, fields } },
        bulkFetchSchema,
      ),
    ),
  );
  const asked = new Set(wanted);
  const issues = answers.flatMap((answer) => answer.issues).filter(({ id }) => asked.has(id));
  return new Map(issues.map((issue) => [issue.id, issue]));
};

/** Null only where Jira answers that it does not exist, or that our user may not see it: it says both in one. */
export const findIssue = async (
  client: JiraClient,
  id: string,
  fields: readonly string[],
): Promise<BareIssue | null> => {
  const question = { path: `/issue/${encodeURIComponent(id)}`, query: { fields: fields.join(",") } };
  try {
    const issue = await client.read({ method: "GET", ...question }, bareIssueSchema);
    if (issue.id !== id) throw new VendorError("malformed", `Jira answered ${id} with another issue.`);
    return issue;
  } catch (error) {
    if (isFailure(error, "not-found")) return null;
    throw error;
  }
};

/** Absent from the answer is not yet absent from Jira: what was not fetched is asked for by itself. */
export const certainly = async (
  client: JiraClient,
  fetched: ReadonlyMap<string, BareIssue>,
  id: string,
  fields: readonly string[],
): Promise<BareIssue | null> => fetched.get(id) ?? findIssue(client, id, fields);

/** One question for all that ask within a moment. */
export interface IssueBatch {
  /** The issue as it is after the call, with at least these fields; null where it does not exist. @throws VendorError */
  read(id: string, fields: readonly string[]): Promise<BareIssue | null>;
}

/** Effects of one cycle arrive within a few ms of each other. */
const gatherMs = 10;

interface Asked {
  readonly id: string;
  readonly fields: readonly string[];
  readonly resolve: (issue: Promise<BareIssue | null>) => void;
}

export const createIssueBatch = (client: JiraClient): IssueBatch => {
  let waiting: Asked[] = [];

  const ask = (): void => {
    const batch = waiting;
    waiting = [];
    const fields = [...new Set(batch.flatMap((asked) => asked.fields))];
    const answer = fetchIssues(
      client,
      batch.map(({ id }) => id),
      fields,
    );
    for (const { id, resolve } of batch)
      resolve(answer.then((fetched) => certainly(client, fetched, id, fields)));
  };

  return {
    read: (id, fields) =>
      new Promise((resolve) => {
        waiting.push({ id, fields, resolve });
        if (waiting.length === 1) setTimeout(ask, gatherMs);
      }),
  };
};
