import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "../ports/logger.ts";

/**
 * One body format. An empty body is no body, whatever its content type says: clients that label every request as
 * JSON can still call a route that takes none.
 */
export const acceptJsonOnly = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    // It answers through `done`, whatever its type says.
    else void parse(request, String(body), done);
  });
};

/** What every response carries, and the one line that is logged of it: no body, no header, no query string. */
export const markResponses = (app: FastifyInstance, logger: Logger): void => {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    // Answers carry credentials and what only a signed-in person may see.
    reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async ({ id: requestId, method, routeOptions }, { statusCode, elapsedTime }) => {
    const fields = { requestId, method, route: routeOptions.url, statusCode, ms: Math.round(elapsedTime) };
    logger.debug(fields, "A request was answered.");
  });
};

/** What is not there is answered before its body is read, so that neither its size nor its format matters. */
export const answerUnknownRoutes = (app: FastifyInstance): void => {
  const answer = (reply: FastifyReply): FastifyReply => reply.code(404).send({ error: "not_found" });
  app.setNotFoundHandler((_request, reply) => answer(reply));
  app.addHook("onRequest", async (request, reply) => (request.is404 ? answer(reply) : undefined));
};
