/**
 * What an adapter throws when the outside world said no, or said nothing. It says whether trying again can
 * help (§9); any other error that leaves an adapter is taken as transient.
 */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** False: the same request will meet the same answer. */
  readonly retryable: boolean;
  /** The receiver's own wish, in ms (`Retry-After`, a reset header). */
  readonly retryAfterMs: number | undefined;
  /** True: the receiver was not asked, or answered that it did nothing. It is then no try, and no failure to learn from. */
  readonly nothingDone: boolean;

  constructor(
    message: string,
    options: {
      readonly retryable: boolean;
      readonly retryAfterMs?: number;
      readonly nothingDone?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.nothingDone = options.nothingDone ?? false;
  }
}

export const permanent = (message: string, cause?: unknown): DeliveryError =>
  new DeliveryError(message, { retryable: false, cause });

export const isPermanent = (error: unknown): boolean => error instanceof DeliveryError && !error.retryable;
