import { VendorError } from "../../../ports/vendor-error.ts";

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** @param entries how many the page has */
export type NextPage = (page: PageInfo, entries: number) => string | null;

/**
 * Leads from page to page of one list: the cursor of the next page, null after the last.
 * @throws VendorError `malformed` for a list that has no end: a cursor that is missing or comes again, a page that is
 * empty and promises more, or more pages than are allowed
 */
export const createPages = (list: string, maxPages: number): NextPage => {
  const seen = new Set<string>();
  return ({ hasNextPage, endCursor }: PageInfo, entries: number): string | null => {
    if (!hasNextPage) return null;
    if (endCursor === null || entries === 0 || seen.has(endCursor) || seen.size + 1 >= maxPages)
      throw new VendorError(
        "malformed",
        `Linear's list of ${list} does not end after ${seen.size + 1} pages.`,
      );
    seen.add(endCursor);
    return endCursor;
  };
};
