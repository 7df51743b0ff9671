import {
  blockerSchema,
  doneSchema,
  fileApprovalSchema,
  issuesPageSchema,
  pageOf,
  pageQuerySchema,
} from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDependencies } from "../app-dependencies.ts";
import { conflict, notFound } from "../errors/refusal.ts";
import { refusals, ticketParams } from "../schemas.ts";
import { pageOfList } from "../wire/page-list.ts";
import { blocker, isMarked, issue, ticketOrder } from "../wire/tickets.ts";

type ListDependencies = Pick<AppDependencies, "store" | "health">;

/** Every marked ticket with what happens to it, or why nothing does (promise 3). */
export const issueRoutes =
  ({ store, health }: ListDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/issues",
      {
        schema: {
          summary: "Every marked ticket with its decision, and what could not be read as a ticket",
          tags: ["issues"],
          querystring: pageQuerySchema,
          response: { 200: issuesPageSchema, ...refusals(400, 401) },
        },
      },
      async ({ query }) => {
        const marked = (await store.listKnownTickets()).filter(isMarked);
        const { items, nextCursor } = pageOfList(marked, ticketOrder, query);
        return { items: items.map(issue), nextCursor, problems: [...health.poll().ticketProblems] };
      },
    );

    app.get(
      "/blockers",
      {
        schema: {
          summary: "Every marked ticket that is not dispatched: why, and the request that clears it",
          tags: ["issues"],
          querystring: pageQuerySchema,
          response: { 200: pageOf(blockerSchema), ...refusals(400, 401) },
        },
      },
      async ({ query }) => {
        const skipped = (await store.listKnownTickets()).filter(
          (known) => isMarked(known) && known.decision?.kind === "skip",
        );
        const { items, nextCursor } = pageOfList(skipped, ticketOrder, query);
        return { items: items.map(blocker).filter((item) => item !== null), nextCursor };
      },
    );
  };

/** What a person may do to a ticket. Ticket ids arrive escaped: `folder%3Ademo%2FDEMO-1`. */
export const issueActionRoutes =
  ({ operator }: Pick<AppDependencies, "operator">): FastifyPluginAsyncZod =>
  async (app) => {
    const action = (summary: string) => ({
      schema: {
        summary,
        tags: ["issues"],
        params: ticketParams,
        response: { 200: doneSchema, ...refusals(400, 401, 404, 409) },
      },
    });

    app.post(
      "/issues/:ticketId/approve",
      action("Approve the plan that waits for a person"),
      async ({ params: { ticketId } }) => {
        const outcome = await operator.approve(ticketId);
        if (outcome === "not-found") throw notFound(`There is no ticket "${ticketId}".`);
        if (outcome === "nothing-to-approve")
          throw conflict(`No plan of "${ticketId}" waits for an approval.`);
        return { ok: true as const };
      },
    );

    app.post(
      "/issues/:ticketId/approve-files",
      {
        schema: {
          ...action("Agree to files that the guard refused, and try the ticket again").schema,
          body: fileApprovalSchema,
        },
      },
      async ({ params: { ticketId }, body: { paths } }) => {
        const outcome = await operator.approveFiles({ ticketId, paths, by: "admin" });
        switch (outcome.kind) {
          case "done":
            return { ok: true as const };
          case "not-found":
            throw notFound(`There is no ticket "${ticketId}".`);
          case "nothing-to-approve":
            throw conflict(`No file of the last run of "${ticketId}" waits for an approval.`);
          case "not-named":
            throw conflict(`The last run of "${ticketId}" did not ask for ${JSON.stringify(outcome.paths)}.`);
        }
      },
    );

    app.post(
      "/issues/:ticketId/cancel",
      action("Stop the live run of a ticket"),
      async ({ params: { ticketId } }) => {
        const outcome = await operator.cancel(ticketId);
        if (outcome === "not-found") throw notFound(`No run of "${ticketId}" is live.`);
        return { ok: true as const };
      },
    );

    app.post(
      "/parked/:ticketId/clear",
      action("Un-park a ticket: what went before no longer counts"),
      async ({ params: { ticketId } }) => {
        const outcome = await operator.unpark(ticketId);
        if (outcome === "not-found") throw notFound(`There is no ticket "${ticketId}".`);
        return { ok: true as const };
      },
    );
  };
