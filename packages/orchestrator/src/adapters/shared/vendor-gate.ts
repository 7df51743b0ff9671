import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from "cockatiel";
import { type Instant, seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { isFailure, isOutage, VendorError } from "./vendor-error.ts";

export interface VendorGateOptions {
  /** As messages name it: `Linear`. */
  readonly vendor: string;
  readonly clock: Clock;
  /** Requests at once. */
  readonly concurrency: number;
  /** Requests that may wait for their turn; one more is refused. Default 1,000. */
  readonly queue?: number;
  /** Of one request, its body included, in ms. Default 15,000. */
  readonly timeoutMs?: number;
  /** Tries after the first, of reads only: a write is repeated by whoever recorded it. Default 2. */
  readonly retries?: number;
  /** Before the first further try, in ms; doubles, with jitter. Default 250. */
  readonly retryDelayMs?: number;
  /** Outages in a row after which nothing is sent for a while, in ms. Default 5, and 5,000 growing to 60,000. */
  readonly breaker?: { readonly failures: number; readonly coolDownMs: number };
}

type Request<Value> = (signal: AbortSignal) => Promise<Value>;

/**
 * The one door to a vendor (§9): bounded, timed, and shut while the vendor asks for it or is down. What waits behind
 * one vendor's door holds up no other's.
 */
export interface VendorGate {
  /** Changes nothing at the vendor, so it is tried again here when the vendor fails. @throws VendorError */
  read<Value>(request: Request<Value>): Promise<Value>;
  /** Sent once. @throws VendorError */
  write<Value>(request: Request<Value>): Promise<Value>;
  /** From now on nothing is sent before `until`: the vendor's limit is spent. A shorter wish does not shorten a longer one. */
  holdUntil(until: Instant): void;
}

const longestCoolDownMs = seconds(60);

export const createVendorGate = ({
  vendor,
  clock,
  concurrency,
  queue = 1_000,
  timeoutMs = seconds(15),
  retries = 2,
  retryDelayMs = 250,
  breaker = { failures: 5, coolDownMs: seconds(5) },
}: VendorGateOptions): VendorGate => {
  const outage = handleWhen(isOutage);
  const circuit = circuitBreaker(outage, {
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: breaker.coolDownMs,
      maxDelay: Math.max(longestCoolDownMs, breaker.coolDownMs),
    }),
    breaker: new ConsecutiveBreaker(breaker.failures),
  });
  const places = bulkhead(concurrency, queue);
  const again = retry(outage, {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: retryDelayMs, maxDelay: seconds(5) }),
  });
  let heldUntil: Instant = 0;

  const holdUntil = (until: Instant): void => {
    heldUntil = Math.max(heldUntil, until);
  };

  const send = async <Value>(request: Request<Value>): Promise<Value> => {
    const wait = heldUntil - clock.now();
    if (wait > 0)
      throw new VendorError(
        "rate-limited",
        `${vendor}'s rate limit is spent for another ${inSeconds(wait)}.`,
        {
          retryAfterMs: wait,
        },
      );
    try {
      return await request(AbortSignal.timeout(timeoutMs));
    } catch (error) {
      if (isFailure(error, "rate-limited")) holdUntil(clock.now() + (error.retryAfterMs ?? seconds(30)));
      throw error;
    }
  };

  const explained = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        throw new VendorError(
          "unavailable",
          `${vendor} failed ${breaker.failures} times in a row: nothing is sent to it for a moment.`,
          { retryAfterMs: breaker.coolDownMs, cause: error },
        );
      if (error instanceof BulkheadRejectedError)
        throw new VendorError("unavailable", `Too many requests wait for ${vendor}.`, { cause: error });
      throw error;
    }
  };

  const writes = wrap(places, circuit);
  const reads = wrap(places, again, circuit);
  return {
    read: (request) => explained(reads.execute(() => send(request))),
    write: (request) => explained(writes.execute(() => send(request))),
    holdUntil,
  };
};

const inSeconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
