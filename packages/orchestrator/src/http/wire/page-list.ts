import { createHash } from "node:crypto";
import type { Page } from "../../ports/store.ts";
import { invalidCursor } from "../errors/invalid-cursor.ts";

interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * A page of a list that is in memory as a whole, in the order of its keys. The cursor is a place in that order, not
 * a count: items that come and go between two pages make no other item appear twice or not at all.
 * @throws Refusal for a cursor that is not one of ours
 */
export const pageOfList = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { cursor, limit }: PageQuery,
): Page<Item> => {
  const after = cursor === undefined ? "" : decode(cursor);
  const rest = items
    .map((item) => ({ item, key: bounded(keyOf(item)) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    nextCursor: last === undefined || rest.length === page.length ? null : encode(last.key),
  };
};

const readable = 80;

/** Unique as its key is, and short plain ASCII for a URL, whatever a tracker calls its tickets. */
const bounded = (key: string): string =>
  `${key
    .slice(0, readable)
    .replace(/[^ -~]/g, "~")
    .padEnd(readable)} ${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;

/** Tells a cursor of ours from any other base64. */
const tag = "after ";

const encode = (key: string): string => Buffer.from(tag + key, "utf8").toString("base64url");

const decode = (cursor: string): string => {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  if (!text.startsWith(tag) || encode(text.slice(tag.length)) !== cursor) throw invalidCursor();
  return text.slice(tag.length);
};
