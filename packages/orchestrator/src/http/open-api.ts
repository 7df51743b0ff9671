import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { type FastifyPluginAsyncZod, jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { refusals } from "./schemas.ts";

/** The document of §13, made from the schemas that the routes really use. */
export const openApiOptions = (version: string): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: "3.1.0",
    info: { title: "AI-Implement", version },
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "From POST /api/auth with the access code; good for 24 hours.",
        },
        runToken: {
          type: "http",
          scheme: "bearer",
          description: "Of a runner: the claim token for the claim, then the run token of its job.",
        },
        linearSignature: {
          type: "apiKey",
          in: "header",
          name: "Linear-Signature",
          description: "HMAC-SHA256 of the raw body with LINEAR_WEBHOOK_SECRET, hexadecimal.",
        },
        jiraSignature: {
          type: "apiKey",
          in: "header",
          name: "X-Hub-Signature",
          description: "`sha256=` and the HMAC-SHA256 of the raw body with JIRA_WEBHOOK_SECRET, hexadecimal.",
        },
        githubSignature: {
          type: "apiKey",
          in: "header",
          name: "X-Hub-Signature-256",
          description:
            "`sha256=` and the HMAC-SHA256 of the raw body with GITHUB_WEBHOOK_SECRET, hexadecimal.",
        },
        gapFillTrigger: {
          type: "http",
          scheme: "bearer",
          description: "GAP_FILL_TRIGGER_SECRET.",
        },
      },
    },
    security: [{ bearer: [] }],
  },
  transform: jsonSchemaTransform,
});

export const openApiRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/openapi.json",
    {
      schema: {
        summary: "This document",
        tags: ["openapi"],
        response: { 200: z.record(z.string(), z.unknown()), ...refusals(401) },
      },
    },
    async () => ({ ...app.swagger() }),
  );
};
