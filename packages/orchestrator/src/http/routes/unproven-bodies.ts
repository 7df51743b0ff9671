import type { FastifyInstance } from "fastify";
import { Refusal } from "../errors/refusal.ts";

export interface UnprovenBodies {
  /** Of all bodies together that are held at once, in bytes; each counts as what it declares to be. */
  readonly totalBytes: number;
  /** The route's own limit, and what a body that declares nothing counts as. */
  readonly bodyBytes: number;
  /** How long one may take to arrive, in ms. */
  readonly patienceMs: number;
  readonly retryAfterSeconds: number;
}

/**
 * A signature can be checked only when the whole body is there, so until then anybody's has to be held. Hundreds that
 * never end would fill the memory: those that come on top are answered 503, unread, and their vendor delivers again.
 */
export const limitUnprovenBodies = (app: FastifyInstance, limits: UnprovenBodies): void => {
  const { totalBytes, bodyBytes, patienceMs, retryAfterSeconds } = limits;
  let held = 0;
  app.addHook("onRequest", async ({ raw, headers }, reply) => {
    const size = Math.min(Number(headers["content-length"] ?? bodyBytes), bodyBytes);
    if (held + size > totalBytes) {
      reply.header("retry-after", retryAfterSeconds);
      throw new Refusal(503, "Too many deliveries at once: deliver it again.");
    }
    held += size;
    const deadline = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, patienceMs);
    reply.raw.once("close", () => {
      clearTimeout(deadline);
      held -= size;
    });
  });
};
