import type { EffectKey } from "../../../core/runs/effects.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { carries, commentBody, referenceOf } from "./comment-body.ts";
import type { JiraClient } from "./jira-client.ts";
import { commentSchema, commentsSchema } from "./schema.ts";

/** Comments of one page. */
const pageSize = 100;
/** Jira lets an issue have 5,000. */
const maxPages = 51;

/** Looked for before it is posted: an answer that was lost may have been a yes (§9). @throws VendorError */
export const postComment = async (
  client: JiraClient,
  issueId: string,
  { body, key }: { readonly body: string; readonly key: EffectKey },
): Promise<void> => {
  const reference = referenceOf(key);
  if (await isPosted(client, issueId, reference)) return;
  await client.create(
    { method: "POST", path: `/issue/${issueId}/comment`, body: { body: commentBody(body, reference) } },
    commentSchema,
  );
};

const isPosted = async (client: JiraClient, issueId: string, reference: string): Promise<boolean> => {
  let seen = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const { comments, total } = await client.read(
      {
        method: "GET",
        path: `/issue/${issueId}/comment`,
        query: { orderBy: "-created", startAt: String(seen), maxResults: String(pageSize) },
      },
      commentsSchema,
    );
    if (comments.some(({ body }) => carries(body, reference))) return true;
    seen += comments.length;
    if (comments.length === 0 || seen >= total) return false;
  }
  throw new VendorError("malformed", "Jira names more comments than an issue can have.");
};
