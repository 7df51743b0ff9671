import type { Page } from "../../../ports/store.ts";

/** Where a page ended, as an opaque string. */
export const encodeCursor = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString("base64url");

/** @throws RangeError when the text is not a cursor with this many parts. */
export const decodeCursor = (cursor: string, length: number): readonly (string | number)[] => {
  const parts = tryParse(Buffer.from(cursor, "base64url").toString());
  if (!Array.isArray(parts) || parts.length !== length || !parts.every(isPart))
    throw new RangeError(
      "The cursor is not one that this list gave: take nextCursor of the page before, unchanged.",
    );
  return parts;
};

const isPart = (part: unknown): part is string | number =>
  typeof part === "string" || Number.isSafeInteger(part);

const tryParse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one more way of not being a cursor; the caller says so.
    return null;
  }
};

/** Cuts a list that was read with one row too many, which only tells that there is a next page. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (row: Row) => string,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    nextCursor: rows.length > limit && last !== undefined ? cursor(last) : null,
  };
};
