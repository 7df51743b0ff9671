import { badRequest, type Refusal } from "./refusal.ts";

export const invalidCursor = (): Refusal =>
  badRequest("The cursor is not one that this list gave: leave it out to begin again.");

/** Reads a page of the store, which throws a RangeError for a cursor that it never gave. */
export const readPage = async <Page>(
  cursor: string | undefined,
  read: () => Promise<Page>,
): Promise<Page> => {
  try {
    return await read();
  } catch (error) {
    if (cursor !== undefined && error instanceof RangeError) throw invalidCursor();
    throw error;
  }
};
