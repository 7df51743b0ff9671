import { type DedupLease, leaseSchema, pageOf, pageQuerySchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Lease } from "../../core/runs/admit.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { notFound } from "../errors/refusal.ts";
import { noContent, refusals, ticketParams } from "../schemas.ts";
import { isoOf } from "../wire/iso.ts";
import { pageOfList } from "../wire/page-list.ts";

/** The leases that stop a second dispatch (§5.4): "dedup" on the API. */
export const dedupRoutes =
  ({
    store,
    operator,
    clock,
  }: Pick<AppDependencies, "store" | "operator" | "clock">): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/dedup",
      {
        schema: {
          summary: "Every ticket that is held against a second dispatch, the first to be free first",
          tags: ["dedup"],
          querystring: pageQuerySchema,
          response: { 200: pageOf(leaseSchema), ...refusals(400, 401) },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = pageOfList(await store.listLeases(clock.now()), leaseOrder, query);
        const known = await store.listKnownTickets();
        const identifiers = new Map(known.map(({ ticket }) => [ticket.id, ticket.identifier]));
        return { items: items.map((lease) => wire(lease, identifiers)), nextCursor };
      },
    );

    app.delete(
      "/dedup/:ticketId",
      {
        schema: {
          summary: "Clear the leases of a ticket, so that it may be dispatched again",
          tags: ["dedup"],
          params: ticketParams,
          response: { 204: noContent, ...refusals(400, 401, 404) },
        },
      },
      async ({ params: { ticketId } }, reply) => {
        const outcome = await operator.clearLease(ticketId);
        if (outcome === "not-found") throw notFound(`Nothing holds "${ticketId}".`);
        return reply.code(204).send();
      },
    );
  };

const leaseOrder = ({ until, ticketId, phase }: Lease): string =>
  `${String(until).padStart(15, "0")} ${ticketId} ${phase}`;

/** A ticket that no tracker shows any more goes by its id. */
const wire = (
  { ticketId, phase, runId, until }: Lease,
  identifiers: ReadonlyMap<string, string>,
): DedupLease => ({
  ticketId,
  identifier: identifiers.get(ticketId) ?? ticketId,
  phase,
  runId,
  until: isoOf(until),
});
