import { VendorError } from "../../../ports/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { faultOf } from "./jql.ts";
import { parsedJqlSchema } from "./schema.ts";

/** By JQL, in Jira's own sentences: why a project cannot use it. Empty: it can. @throws VendorError */
export const reviewJql = async (
  client: JiraClient,
  jqls: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const reviews = new Map<string, readonly string[]>();
  const askable: string[] = [];
  for (const jql of new Set(jqls)) {
    const fault = faultOf(jql);
    if (jql.trim() !== "") askable.push(jql);
    reviews.set(jql, fault === null ? [] : [fault]);
  }
  if (askable.length === 0) return reviews;
  const { queries } = await client.read(
    { method: "POST", path: "/jql/parse", query: { validation: "strict" }, body: { queries: askable } },
    parsedJqlSchema,
  );
  if (queries.length !== askable.length)
    throw new VendorError("malformed", "Jira did not judge every JQL that it was asked to judge.");
  for (const [index, jql] of askable.entries()) {
    const sentences = queries[index]?.errors ?? [];
    // Jira's own words say more than ours about the same mistake.
    if (sentences.length > 0)
      reviews.set(
        jql,
        sentences.map((sentence) => sentence.slice(0, 500)),
      );
  }
  return reviews;
};
