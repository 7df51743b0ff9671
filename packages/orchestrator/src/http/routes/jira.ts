import {
  jiraFieldOptionSchema,
  jiraFieldOptionsQuerySchema,
  jiraFieldSchema,
  jqlSchema,
  jqlVerdictSchema,
  pageOf,
  pageQuerySchema,
} from "@ai-implement/contracts";
import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { oneLine } from "../../core/messages/foreign.ts";
import { seconds } from "../../core/time.ts";
import type { JiraDirectory } from "../../ports/jira-directory.ts";
import { withTimeout } from "../../services/timeout.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { notFound } from "../errors/refusal.ts";
import { vendorRefusal } from "../errors/vendor-refusal.ts";
import { refusals } from "../schemas.ts";
import { pageOfList } from "../wire/page-list.ts";

/** How long a person waits at a form for Jira, in ms. */
const jiraTimeoutMs = seconds(20);

/** Asks Jira through its directory, or refuses with a sentence. */
type Ask = <Value>(reply: FastifyReply, question: (jira: JiraDirectory) => Promise<Value>) => Promise<Value>;

const describing = (summary: string) => ({ summary, tags: ["jira"] });

/** Jira's own word on what a project's settings may say: for whoever sets one up (§7.1). */
export const jiraRoutes =
  ({ jiraDirectory }: Pick<AppDependencies, "jiraDirectory">): FastifyPluginAsyncZod =>
  async (app) => {
    const ask: Ask = async (reply, question) => {
      if (jiraDirectory === null)
        throw notFound("Jira is not configured here: set JIRA_TOKEN, JIRA_CLOUD_ID and JIRA_SITE_URL.");
      try {
        return await withTimeout(question(jiraDirectory), jiraTimeoutMs, "Jira");
      } catch (error) {
        throw vendorRefusal(error, reply);
      }
    };
    await app.register(jqlRoute(ask));
    await app.register(fieldRoutes(ask));
  };

const jqlRoute =
  (ask: Ask): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/jira/validate-jql",
      {
        schema: {
          ...describing("What Jira says of a JQL query"),
          body: jqlSchema,
          response: { 200: jqlVerdictSchema, ...refusals(400, 401, 404, 413, 429, 502) },
        },
      },
      async ({ body: { jql } }, reply) => {
        const errors = await ask(reply, (jira) => jira.validateJql(jql));
        return { valid: errors.length === 0, errors: errors.map(oneLine) };
      },
    );
  };

const fieldRoutes =
  (ask: Ask): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/jira/fields",
      {
        schema: {
          ...describing("Every field of the Jira site, by name"),
          querystring: pageQuerySchema,
          response: { 200: pageOf(jiraFieldSchema), ...refusals(400, 401, 404, 429, 502) },
        },
      },
      async ({ query }, reply) => {
        const fields = await ask(reply, (jira) => jira.fields());
        const { items, nextCursor } = pageOfList(fields, ({ name, id }) => `${name} ${id}`, query);
        return { items: [...items], nextCursor };
      },
    );

    app.get(
      "/jira/field-options",
      {
        schema: {
          ...describing("The options of one select field, by value"),
          querystring: jiraFieldOptionsQuerySchema,
          response: { 200: pageOf(jiraFieldOptionSchema), ...refusals(400, 401, 404, 429, 502) },
        },
      },
      async ({ query }, reply) => {
        const options = await ask(reply, (jira) => jira.options(query.fieldId));
        const { items, nextCursor } = pageOfList(options, ({ value, id }) => `${value} ${id}`, query);
        return { items: [...items], nextCursor };
      },
    );
  };
