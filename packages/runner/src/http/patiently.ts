import pRetry from "p-retry";
import { messageOf } from "./exchange.ts";

/** How long to go on where nobody answers, in ms. Waits double from `firstDelay` and are spread. */
export interface Patience {
  readonly firstDelay: number;
  readonly maxDelay: number;
  readonly inAll: number;
}

export type Tried<Value> =
  | { readonly kind: "answer"; readonly value: Value }
  /** What was wrong the last time. `isFinal`: it was not patience that ran out. */
  | { readonly kind: "none"; readonly message: string; readonly isFinal: boolean };

/** Asking again is of no use. */
export class FinalError extends Error {}

/** Asks until there is an answer, patience runs out, `signal` says so or a FinalError is thrown. Never rejects. */
export const patiently = async <Value>(
  { firstDelay, maxDelay, inAll }: Patience,
  ask: () => Promise<Value>,
  signal?: AbortSignal,
): Promise<Tried<Value>> => {
  try {
    const value = await pRetry(() => ask().catch(asPlainError), {
      retries: Number.POSITIVE_INFINITY,
      factor: 2,
      minTimeout: firstDelay,
      maxTimeout: maxDelay,
      maxRetryTime: inAll,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => !(error instanceof FinalError),
    });
    return { kind: "answer", value };
  } catch (error) {
    return { kind: "none", message: messageOf(error), isFinal: error instanceof FinalError };
  }
};

/** A TypeError, which is what fetch throws, counts as a mistake of ours to p-retry unless it knows its words. */
const asPlainError = (error: unknown): Promise<never> =>
  Promise.reject(error instanceof FinalError ? error : new Error(messageOf(error), { cause: error }));
