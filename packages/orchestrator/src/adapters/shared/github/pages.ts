import { VendorError } from "../../../ports/vendor-error.ts";
import type { GithubAnswer, GithubRead } from "./github-client.ts";

/** However few a page holds, no list of ours has more of them. */
const mostPages = 200;
const pageSize = "100";

/**
 * Follows `Link: rel="next"` by its query only: the path stays ours, wherever the link may lead.
 * @throws VendorError `malformed` where it leads round in a circle
 */
export const readPages = async (
  read: (request: GithubRead) => Promise<GithubAnswer>,
  request: GithubRead,
  items: (json: unknown) => readonly unknown[],
  maxItems: number,
): Promise<readonly unknown[]> => {
  const all: unknown[] = [];
  let query: GithubRead["query"] = { per_page: pageSize, ...request.query };
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await read({ ...request, query });
    all.push(...items(answer.json));
    const next = nextQuery(answer.headers.get("link"));
    if (next === null || all.length >= maxItems) return all.slice(0, maxItems);
    query = { ...query, ...next };
  }
  throw new VendorError("malformed", `GitHub's list ${request.path} does not end.`);
};

/** Null: this was the last page. */
const nextQuery = (link: string | null): Readonly<Record<string, string>> | null => {
  const target = /<([^<>]{1,4000})>;\s*rel="next"/.exec(link ?? "")?.[1];
  if (target === undefined || !URL.canParse(target)) return null;
  return Object.fromEntries(new URL(target).searchParams);
};
