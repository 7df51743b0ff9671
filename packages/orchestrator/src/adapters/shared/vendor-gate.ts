import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  halfJitterGenerator,
  handleWhen,
  retry,
  wrap,
} from "cockatiel";
import { type Instant, seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { isFailure, isOutage, VendorError } from "../../ports/vendor-error.ts";

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
  /** Before the first further try, in ms; doubles, less up to half of it as jitter. Default 250. */
  readonly retryDelayMs?: number;
  /** Outages in a row after which nothing is sent for a while, in ms. Default 5, and 5,000 growing to 60,000. */
  readonly breaker?: { readonly failures: number; readonly coolDownMs: number };
}

type Request<Value> = (signal: AbortSignal) => Promise<Value>;

/** To the breaker both are answers: a vendor that refuses is up. */
type Answer<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "refusal"; readonly error: VendorError };

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
  const places = bulkhead(concurrency, queue);
  const again = retry(handleWhen(mayBeTriedAgain), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({
      initialDelay: retryDelayMs,
      maxDelay: seconds(5),
      generator: halfJitterGenerator,
    }),
  });
  // The breaker reads the machine's own clock.
  let openUntil: Instant = 0;
  const circuit = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: new DelegateBackoff(({ attempt }: { readonly attempt: number }) => {
      const longest = Math.max(longestCoolDownMs, breaker.coolDownMs);
      const coolDown = Math.min(breaker.coolDownMs * 2 ** (attempt - 1), longest);
      openUntil = Date.now() + coolDown;
      return coolDown;
    }),
    breaker: new ConsecutiveBreaker(breaker.failures),
  });
  let heldUntil: Instant = 0;

  const holdUntil = (until: Instant): void => {
    // A date that a vendor wrote wrongly must not undo the hold that is there.
    if (Number.isFinite(until)) heldUntil = Math.max(heldUntil, until);
  };

  const refuseWhileHeld = (): void => {
    const wait = heldUntil - clock.now();
    if (wait > 0)
      throw new VendorError(
        "rate-limited",
        `${vendor}'s rate limit is spent for another ${inSeconds(wait)}.`,
        { retryAfterMs: wait },
      );
  };

  const answerTo = async <Value>(request: Request<Value>): Promise<Answer<Value>> => {
    try {
      return { kind: "value", value: await request(AbortSignal.timeout(timeoutMs)) };
    } catch (error) {
      if (isFailure(error, "rate-limited")) holdUntil(clock.now() + waitTold(error));
      if (error instanceof VendorError && !isOutage(error)) return { kind: "refusal", error };
      throw error;
    }
  };

  const send = async <Value>(request: Request<Value>): Promise<Value> => {
    // In front of the breaker too: a request that was never sent would close it.
    refuseWhileHeld();
    const answer = await circuit.execute(() => {
      // A request that waited for the breaker's trial to end may meet a hold that began meanwhile.
      refuseWhileHeld();
      return answerTo(request);
    });
    if (answer.kind === "refusal") throw answer.error;
    return answer.value;
  };

  const explained = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        throw new VendorError(
          "unavailable",
          `${vendor} failed ${breaker.failures} times in a row: nothing is sent to it for a moment.`,
          {
            retryAfterMs: Math.max(openUntil - Date.now(), 1),
            nothingDone: true,
            cause: lastFailureOf(circuit) ?? error,
          },
        );
      if (error instanceof BulkheadRejectedError)
        throw new VendorError("unavailable", `Too many requests wait for ${vendor}.`, {
          nothingDone: true,
          cause: error,
        });
      throw error;
    }
  };

  const patiently = wrap(places, again);
  return {
    read: (request) => explained(patiently.execute(() => send(request))),
    write: (request) => explained(places.execute(() => send(request))),
    holdUntil,
  };
};

/** An outage for which the vendor named a time is over no sooner: whoever recorded the request waits for it. */
const mayBeTriedAgain = (error: Error): boolean =>
  isOutage(error) && !(error instanceof VendorError && error.retryAfterMs !== undefined);

/** In ms; a vendor that names no time, or none that is a number, gets half a minute. */
const waitTold = ({ retryAfterMs = Number.NaN }: VendorError): number =>
  Number.isFinite(retryAfterMs) ? retryAfterMs : seconds(30);

const lastFailureOf = ({ lastFailure }: CircuitBreakerPolicy): unknown =>
  lastFailure !== undefined && "error" in lastFailure ? lastFailure.error : undefined;

const inSeconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
