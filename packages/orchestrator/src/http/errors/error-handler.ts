import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../ports/logger.ts";
import { answerTo, slugOf } from "./answer.ts";

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Sentences for people (`/api`) or stable slugs for programs (`/runner`). A fault is logged with its cause, once. */
export const createErrorHandler =
  (logger: Logger, style: "sentence" | "slug"): ErrorHandler =>
  (error, request, reply) => {
    const { status, body } = answerTo(error);
    const worded = style === "slug" ? { ...body, error: slugOf(error, status) } : body;
    if (status !== 500) {
      reply.code(status).send(worded);
      return;
    }
    const { method, id: requestId, routeOptions } = request;
    logger.error({ requestId, method, route: routeOptions.url, err: error }, "A request failed.");
    reply.code(status).send({ ...worded, requestId });
  };
