import { pipelinesAnswerSchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDependencies } from "../app-dependencies.ts";
import { refusals } from "../schemas.ts";

/** What runs for a ticket, and what of it is the operator's own (§10.1). */
export const pipelineRoutes =
  ({ pipelines }: Pick<AppDependencies, "pipelines">): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/pipelines",
      {
        schema: {
          summary: "The pipelines and steps, and which of them are built in, overridden or added",
          tags: ["pipelines"],
          response: { 200: pipelinesAnswerSchema, ...refusals(401) },
        },
      },
      async () => pipelines,
    );
  };
