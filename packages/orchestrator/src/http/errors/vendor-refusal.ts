import type { FastifyReply } from "fastify";
import { oneLine } from "../../core/messages/foreign.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import type { Logger } from "../../ports/logger.ts";
import { VendorError } from "../../ports/vendor-error.ts";
import { Refusal } from "./refusal.ts";

/**
 * A vendor's no as the API says it: what is not there is 404, its rate limit 429 with the vendor's own wish, and all
 * else 502. What is no vendor's answer is a fault of ours and comes back as it is.
 */
export const vendorRefusal = (error: unknown, reply: FastifyReply): unknown => {
  if (!(error instanceof DeliveryError)) return error;
  wishFor(error, reply);
  return new Refusal(statusOf(error), oneLine(error.message));
};

/** The same for a runner, whatever the vendor said: it asks again, and people read the reason in the log. */
export const vendorUnavailable = (error: unknown, reply: FastifyReply, logger: Logger): unknown => {
  if (!(error instanceof DeliveryError)) return error;
  wishFor(error, reply);
  logger.warn({ error: error.message }, "a runner cannot be given what it needs yet");
  return new Refusal(503, "vendor_unavailable");
};

const wishFor = ({ retryAfterMs }: DeliveryError, reply: FastifyReply): void => {
  if (retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(retryAfterMs / 1_000));
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
