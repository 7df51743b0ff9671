import type { Flag } from "./schema.ts";

/** PostgreSQL's driver gives 64-bit integers and sums as strings; ours all fit a double exactly. */
export const toNumber = (value: number | string | bigint): number => Number(value);

export const toNumberOrNull = (value: number | string | bigint | null): number | null =>
  value === null ? null : Number(value);

export const toFlag = (value: boolean): Flag => (value ? 1 : 0);

/**
 * Reads back what this store wrote itself, in a column that nothing else writes. So the shape is claimed and not
 * checked: the one cast of the store. What strangers write has been parsed before it gets here.
 */
export const parseJson = <Value>(text: string): Value => {
  const value: unknown = JSON.parse(text);
  return value as Value;
};

/** Rows that go into one statement: both engines cap its parameters (SQLite at 32,766). */
const rowsPerStatement = 500;

export const inBatches = async <Row>(
  rows: readonly Row[],
  write: (batch: readonly Row[]) => Promise<unknown>,
): Promise<void> => {
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await write(rows.slice(start, start + rowsPerStatement));
};
