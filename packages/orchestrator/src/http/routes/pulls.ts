import {
  mergedSchema,
  mergeRefusedSchema,
  type Pull,
  pageOf,
  pullSchema,
  pullsQuerySchema,
} from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { repositorySlug } from "../../core/project.ts";
import type { KnownPullRequest } from "../../ports/store.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { readPage } from "../errors/invalid-cursor.ts";
import { notFound, Refusal } from "../errors/refusal.ts";
import { pullParams, refusals } from "../schemas.ts";
import { isoOf } from "../wire/iso.ts";

const pull = ({ projectKey, repository, pullRequest, ticketId, updatedAt }: KnownPullRequest): Pull => ({
  teamKey: projectKey,
  repository: repositorySlug(repository),
  number: pullRequest.number,
  url: pullRequest.url,
  title: pullRequest.title,
  branch: pullRequest.head,
  state: pullRequest.state,
  draft: pullRequest.draft,
  ticket: ticketId,
  updatedAt: isoOf(updatedAt),
});

/** The pull requests that we opened. */
export const pullRoutes =
  ({ store, operator }: Pick<AppDependencies, "store" | "operator">): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/pulls",
      {
        schema: {
          summary: "Every pull request that we opened",
          tags: ["pulls"],
          querystring: pullsQuerySchema,
          response: { 200: pageOf(pullSchema), ...refusals(400, 401) },
        },
      },
      async ({ query: { cursor, limit, state } }) => {
        const query = {
          limit,
          ...(cursor === undefined ? {} : { cursor }),
          ...(state === undefined ? {} : { state }),
        };
        const { items, nextCursor } = await readPage(cursor, () => store.listPullRequests(query));
        return { items: items.map(pull), nextCursor };
      },
    );

    app.post(
      "/pulls/:owner/:repo/:number/merge",
      {
        schema: {
          summary: "Merge a pull request of a repository that we host ourselves",
          tags: ["pulls"],
          params: pullParams,
          response: { 200: mergedSchema, 409: mergeRefusedSchema, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { owner, repo, number } }) => {
        const repository = `${owner}/${repo}`;
        const outcome = await operator.merge(repository, number);
        switch (outcome.kind) {
          case "merged":
            return { merged: true as const, commit: outcome.commit };
          case "conflict":
            throw refused("conflict", `#${number} conflicts with its base branch.`, outcome.files);
          case "not-found":
            throw notFound(`${repository} has no pull request #${number} of ours.`);
          case "not-here":
            throw refused("not_here", `${repository} is not hosted here: merge #${number} on its own forge.`);
        }
      },
    );
  };

const refused = (reason: "conflict" | "not_here", error: string, files: readonly string[] = []): Refusal =>
  new Refusal(409, error, { reason, files });
