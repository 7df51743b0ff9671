import { inTime } from "./observe.ts";

export interface PatienceOptions {
  /** How long whoever begins the work waits for it, in ms. */
  readonly patienceMs: number;
  /** Of work that nobody waits for any more. */
  readonly onLateError: (error: unknown) => void;
}

/**
 * Work at a vendor that may hang (§9): it is waited for once and goes on by itself then. While it does it is not begun
 * again, and nobody waits for it.
 */
export const withPatience = (
  work: () => Promise<void>,
  { patienceMs, onLateError }: PatienceOptions,
): (() => Promise<void>) => {
  let underWay: Promise<"done"> | null = null;
  return async () => {
    if (underWay !== null) return;
    const begun = work().then(() => "done" as const);
    underWay = begun;
    const over = (): void => {
      underWay = null;
    };
    begun.then(over, over);
    if ((await inTime(begun, patienceMs)) === null) begun.catch(onLateError);
  };
};
