import {
  jobStepsSchema,
  logEntrySchema,
  logQuerySchema,
  pageOf,
  receiptAnswerSchema,
} from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDependencies } from "../app-dependencies.ts";
import { readPage } from "../errors/invalid-cursor.ts";
import { notFound } from "../errors/refusal.ts";
import { jobParams, refusals } from "../schemas.ts";
import { statesOf } from "../wire/run-status.ts";
import { jobSteps, logEntry } from "../wire/runs.ts";

/** What has run and what runs: the log, and one run from near. */
export const runRoutes =
  ({ store, receipts }: Pick<AppDependencies, "store" | "receipts">): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/log",
      {
        schema: {
          summary: "Every run, newest first",
          tags: ["runs"],
          querystring: logQuerySchema,
          response: { 200: pageOf(logEntrySchema), ...refusals(400, 401) },
        },
      },
      async ({ query: { cursor, limit, teamKey, phase, status } }) => {
        const query = {
          limit,
          ...(cursor === undefined ? {} : { cursor }),
          ...(teamKey === undefined ? {} : { projectKey: teamKey }),
          ...(phase === undefined ? {} : { phase }),
          ...(status === undefined ? {} : { states: statesOf(status) }),
        };
        const { items, nextCursor } = await readPage(cursor, () => store.listRuns(query));
        return { items: items.map(logEntry), nextCursor };
      },
    );

    app.get(
      "/jobs/:id/steps",
      {
        schema: {
          summary: "One run: its steps, what it does now, and how it got here",
          tags: ["runs"],
          params: jobParams,
          response: { 200: jobStepsSchema, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { id } }) => {
        const details = await store.runDetails(id);
        if (details === null) throw notFound(`There is no run "${id}".`);
        return jobSteps(details);
      },
    );

    app.get(
      "/jobs/:id/receipt",
      {
        schema: {
          summary: "The signed receipt of a run that made a pull request, as it stands there",
          tags: ["runs"],
          params: jobParams,
          response: { 200: receiptAnswerSchema, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { id } }) => {
        const details = await store.runDetails(id);
        if (details === null) throw notFound(`There is no run "${id}".`);
        const issued = receipts.issue(details.run);
        if (issued.kind === "none") throw notFound(`There is no receipt for this run: ${issued.reason}`);
        return { receipt: issued.receipt, ...issued.sealed };
      },
    );
  };
