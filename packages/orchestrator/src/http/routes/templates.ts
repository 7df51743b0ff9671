import {
  pageOf,
  pageQuerySchema,
  pullStandingSchema,
  repositoryStatusSchema,
  syncAnswerSchema,
} from "@ai-implement/contracts";
import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { seconds } from "../../core/time.ts";
import { withTimeout } from "../../services/timeout.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { conflict, notFound, type Refusal } from "../errors/refusal.ts";
import { vendorRefusal } from "../errors/vendor-refusal.ts";
import { pullParams, refusals, teamKeyParams } from "../schemas.ts";
import { pageOfList } from "../wire/page-list.ts";

/** How long a person waits for a code host, in ms. */
const forgeTimeoutMs = seconds(60);

/** The code host's answer, or its no as a refusal. */
const asked = async <Value>(reply: FastifyReply, answer: Promise<Value>): Promise<Value> => {
  try {
    return await withTimeout(answer, forgeTimeoutMs, "The code host");
  } catch (error) {
    throw vendorRefusal(error, reply);
  }
};

const noMapping = (teamKey: string): Refusal => notFound(`There is no mapping "${teamKey}".`);

type TemplateDependencies = Pick<
  AppDependencies,
  "projects" | "templateSync" | "repositoryStatuses" | "pullStandings"
>;

/** What the projects' repositories have of ours, and how to bring it up to date (§12). */
export const templateRoutes =
  (dependencies: TemplateDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(syncRoute(dependencies));
    await app.register(statusRoutes(dependencies));
    await app.register(standingRoute(dependencies));
  };

const syncRoute =
  ({ templateSync }: TemplateDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/mappings/:teamKey/sync-workflows",
      {
        schema: {
          summary: "Bring the workflows in the project's repository up to date, by a pull request",
          tags: ["mappings"],
          params: teamKeyParams,
          response: { 200: syncAnswerSchema, ...refusals(400, 401, 404, 409, 429, 502) },
        },
      },
      async ({ params: { teamKey } }, reply) => {
        const outcome = await asked(reply, templateSync.sync(teamKey));
        switch (outcome.kind) {
          case "done":
            return outcome.answer;
          case "not-found":
            throw noMapping(teamKey);
          case "not-here":
            throw conflict(outcome.why);
        }
      },
    );
  };

const statusRoutes =
  ({ projects, repositoryStatuses }: TemplateDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/mappings/:teamKey/repository",
      {
        schema: {
          summary:
            "What the project's repository has on its default branch: our workflows, its settings for us",
          tags: ["mappings"],
          params: teamKeyParams,
          response: { 200: repositoryStatusSchema, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { teamKey } }) => {
        const status = await repositoryStatuses.find(teamKey);
        if (status === null) throw noMapping(teamKey);
        return status;
      },
    );

    app.get(
      "/admin/template-status",
      {
        schema: {
          summary: "The same of every project, by key",
          tags: ["mappings"],
          querystring: pageQuerySchema,
          response: { 200: pageOf(repositoryStatusSchema), ...refusals(400, 401) },
        },
      },
      async ({ query }) => {
        const all = (await projects.list()).map(({ value }) => value.teamKey);
        const { items, nextCursor } = pageOfList(all, (teamKey) => teamKey, query);
        return { items: [...(await repositoryStatuses.list(items))], nextCursor };
      },
    );
  };

const standingRoute =
  ({ pullStandings }: TemplateDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/pulls/:owner/:repo/:number/standing",
      {
        schema: {
          summary: "How a pull request of ours stands with its code host: conflicts, checks, reviews",
          tags: ["pulls"],
          params: pullParams,
          response: { 200: pullStandingSchema, ...refusals(400, 401, 404, 409, 429, 502) },
        },
      },
      async ({ params: { owner, repo, number } }, reply) => {
        const outcome = await asked(reply, pullStandings.find({ owner, name: repo }, number));
        switch (outcome.kind) {
          case "standing":
            return outcome.standing;
          case "not-found":
            throw notFound(`${owner}/${repo} has no pull request #${number} of ours.`);
          case "not-here":
            throw conflict(
              `${owner}/${repo} is on a code host without reviews: #${number} has no standing there.`,
            );
        }
      },
    );
  };
