import { gapFillAnswerSchema, gapFillRequestSchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDependencies } from "../app-dependencies.ts";
import { bearerOf } from "../auth/bearer.ts";
import { createCodeCheck } from "../auth/secrets.ts";
import { createErrorHandler } from "../errors/error-handler.ts";
import { notFound, Refusal, unauthorised } from "../errors/refusal.ts";
import { refusals } from "../schemas.ts";
import { kibibytes } from "../server-options.ts";

type Dependencies = Pick<AppDependencies, "gapFill" | "gapFillSecret" | "logger">;

/** For repositories that carry `comment-trigger.yml` instead of our webhook (§12). Its errors are stable slugs (§13). */
export const triggerRoutes =
  ({ gapFill, gapFillSecret, logger }: Dependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.setErrorHandler(createErrorHandler(logger, "slug"));
    const isSecret = gapFillSecret === null ? null : createCodeCheck(gapFillSecret);
    // Before a byte of the body is read.
    app.addHook("onRequest", async (request, reply) => {
      if (isSecret === null) throw new Refusal(501, "not_configured");
      const bearer = bearerOf(request);
      if (bearer !== null && isSecret(bearer)) return;
      reply.header("www-authenticate", "Bearer");
      throw unauthorised("unauthorised");
    });
    app.post(
      "/gap-fill",
      {
        bodyLimit: kibibytes(16),
        schema: {
          summary: "Take up what was asked for on a pull request of ours, or close the gaps of its analysis",
          tags: ["trigger"],
          security: [{ gapFillTrigger: [] }],
          body: gapFillRequestSchema,
          response: { 200: gapFillAnswerSchema, ...refusals(400, 401, 404, 413, 423, 501, 502) },
        },
      },
      async (request) => {
        const outcome = await gapFill(request.body);
        switch (outcome.kind) {
          case "dispatched":
            return { ok: true as const, dispatched: true };
          case "nothing-to-do":
            return { ok: true as const, dispatched: false, reason: outcome.reason };
          case "not-found":
            throw notFound("mapping_not_found");
          case "paused":
            throw new Refusal(423, "project_paused");
          case "failed":
            throw new Refusal(502, "dispatch_failed");
        }
      },
    );
  };
