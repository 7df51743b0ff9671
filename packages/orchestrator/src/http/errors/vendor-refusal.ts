import type { FastifyReply } from "fastify";
import { oneLine } from "../../core/messages/foreign.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import { Refusal } from "./refusal.ts";

/**
 * A vendor's no as the API says it: what is not there is 404, its rate limit 429 with the vendor's own wish, and all
 * else 502. What is no vendor's answer is a fault of ours and comes back as it is.
 */
export const vendorRefusal = (error: unknown, reply: FastifyReply): unknown => {
  if (!(error instanceof DeliveryError)) return error;
  if (error.retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(error.retryAfterMs / 1_000));
  return new Refusal(statusOf(error), oneLine(error.message));
};

/** An adapter's error says more than the port's: which way the vendor said no. `http/` knows no adapter, so it looks. */
const statusOf = (error: DeliveryError): number => {
  switch ("failure" in error ? error.failure : null) {
    case "not-found":
      return 404;
    case "rate-limited":
      return 429;
    default:
      return 502;
  }
};
