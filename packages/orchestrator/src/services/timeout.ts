import { DeliveryError } from "../ports/delivery-error.ts";

/**
 * The answer, or a transient error after `ms` milliseconds. The work itself is not stopped: whoever asks again
 * must look before repeating it (§9).
 */
export const withTimeout = async <Value>(work: Promise<Value>, ms: number, what: string): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeliveryError(`${what} did not answer within ${ms / 1000} s`, { retryable: true })),
      ms,
    );
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
