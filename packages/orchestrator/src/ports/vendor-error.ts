import { DeliveryError } from "./delivery-error.ts";

/** Every way in which a vendor says no, or says nothing: an operator does something else about each. */
export type VendorFailure =
  /** The credential is wrong, expired or revoked. */
  | "unauthorised"
  /** The credential is good, and may not do this. */
  | "forbidden"
  | "not-found"
  /** The request can never succeed as it is. */
  | "invalid"
  | "rate-limited"
  /** The query costs more than the vendor allows for one. */
  | "too-complex"
  /** It answered that it cannot: 5xx, or the breaker is open after several of these. */
  | "unavailable"
  | "timeout"
  /** No connection, or one that was cut: whether the work was done is unknown. */
  | "unreachable"
  /** An answer that is none: empty, cut off, not what its documentation says. */
  | "malformed";

/**
 * A person mends a key, a scope or a setting, and what waits goes out then: only what can never succeed is given up.
 */
const hopeless: ReadonlySet<VendorFailure> = new Set(["not-found", "invalid", "too-complex"]);

const outages: ReadonlySet<VendorFailure> = new Set(["unavailable", "timeout", "unreachable", "malformed"]);

export class VendorError extends DeliveryError {
  readonly failure: VendorFailure;

  /** @param options.retryAfterMs the vendor's own wish, in ms */
  constructor(
    failure: VendorFailure,
    message: string,
    options: {
      readonly retryAfterMs?: number;
      readonly nothingDone?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    const { nothingDone = failure === "rate-limited" } = options;
    super(message, { ...options, nothingDone, retryable: !hopeless.has(failure) });
    this.failure = failure;
  }
}

export const isFailure = (error: unknown, failure: VendorFailure): error is VendorError =>
  error instanceof VendorError && error.failure === failure;

/** The vendor, not the request, is to blame: another try may help, and many in a row say that it is down. */
export const isOutage = (error: unknown): boolean =>
  error instanceof VendorError && outages.has(error.failure);
