import type { FastifyReply } from "fastify";
import { oneLine } from "../../core/messages/foreign.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import { VendorError } from "../../ports/vendor-error.ts";
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

const statusOf = (error: DeliveryError): number => {
  switch (error instanceof VendorError ? error.failure : null) {
    case "not-found":
      return 404;
    case "rate-limited":
      return 429;
    default:
      return 502;
  }
};
