import {
  type Mapping,
  mappingPatchSchema,
  mappingSchema,
  pageOf,
  pageQuerySchema,
  type VersionedMapping,
  versionedMappingSchema,
} from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Versioned } from "../../ports/store.ts";
import type { SaveOutcome } from "../../services/operator/project-service.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { conflict, notFound, Refusal } from "../errors/refusal.ts";
import { noContent, refusals, teamKeyParams } from "../schemas.ts";
import { entityTag, versionOf } from "../wire/entity-tag.ts";
import { pageOfList } from "../wire/page-list.ts";

type ProjectDependencies = Pick<AppDependencies, "projects">;

const describing = (summary: string) => ({ summary, tags: ["mappings"] });

const wire = ({ value, version }: Versioned<Mapping>): VersionedMapping => ({ ...value, version });

const noMapping = (teamKey: string): Refusal => notFound(`There is no mapping "${teamKey}".`);

/** @throws Refusal for every outcome that did not save */
const saved = (outcome: SaveOutcome, teamKey: string): Versioned<Mapping> => {
  switch (outcome.kind) {
    case "saved":
      return outcome.mapping;
    case "invalid":
      throw new Refusal(400, "The mapping is not valid.", { problems: outcome.problems });
    case "not-found":
      throw noMapping(teamKey);
    case "conflict":
      throw conflict(outcome.why);
  }
};

/** Projects (§5.1), by their name on the API. */
export const mappingRoutes =
  (dependencies: ProjectDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes(dependencies));
    await app.register(createRoute(dependencies));
    await app.register(changeRoutes(dependencies));
  };

const readRoutes =
  ({ projects }: ProjectDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/mappings",
      {
        schema: {
          ...describing("Every project, by key"),
          querystring: pageQuerySchema,
          response: { 200: pageOf(versionedMappingSchema), ...refusals(400, 401) },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = pageOfList(await projects.list(), ({ value }) => value.teamKey, query);
        return { items: items.map(wire), nextCursor };
      },
    );

    app.get(
      "/mappings/:teamKey",
      {
        schema: {
          ...describing("One project; its version is the ETag"),
          params: teamKeyParams,
          response: { 200: versionedMappingSchema, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { teamKey } }, reply) => {
        const found = await projects.find(teamKey);
        if (found === null) throw noMapping(teamKey);
        reply.header("etag", entityTag(found.version));
        return wire(found);
      },
    );
  };

const createRoute =
  ({ projects }: ProjectDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/mappings",
      {
        // The schema is for the document. The service parses, so that every problem has its field, whoever asks.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          ...describing("Map a tracker scope to a repository"),
          body: mappingSchema,
          response: { 201: versionedMappingSchema, ...refusals(400, 401, 409, 413) },
        },
      },
      async ({ body }, reply) => {
        const outcome = await projects.create(body);
        const created = saved(outcome, "");
        reply
          .code(201)
          .header("etag", entityTag(created.version))
          .header("location", `/api/mappings/${encodeURIComponent(created.value.teamKey)}`);
        return wire(created);
      },
    );
  };

const changeRoutes =
  ({ projects }: ProjectDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.patch(
      "/mappings/:teamKey",
      {
        schema: {
          ...describing("Change fields of a project; with If-Match only while it is as you read it"),
          params: teamKeyParams,
          body: mappingPatchSchema,
          response: { 200: versionedMappingSchema, ...refusals(400, 401, 404, 409, 413) },
        },
      },
      async ({ params: { teamKey }, body, headers }, reply) => {
        const outcome = await projects.update(teamKey, body, versionOf(headers["if-match"]));
        const changed = saved(outcome, teamKey);
        reply.header("etag", entityTag(changed.version));
        return wire(changed);
      },
    );

    app.delete(
      "/mappings/:teamKey",
      {
        schema: {
          ...describing("Remove a project that has no live run"),
          params: teamKeyParams,
          response: { 204: noContent, ...refusals(400, 401, 404, 409) },
        },
      },
      async ({ params: { teamKey } }, reply) => {
        const outcome = await projects.remove(teamKey);
        if (outcome === "not-found") throw noMapping(teamKey);
        if (outcome === "busy")
          throw conflict(`"${teamKey}" has live runs: wait for their end, or cancel them first.`);
        return reply.code(204).send();
      },
    );
  };
