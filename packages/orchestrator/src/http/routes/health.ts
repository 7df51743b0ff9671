import { doneSchema, healthSchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDependencies } from "../app-dependencies.ts";
import { Refusal } from "../errors/refusal.ts";
import { refusals } from "../schemas.ts";
import { isoOf, isoOrNull } from "../wire/iso.ts";

type HealthDependencies = Pick<AppDependencies, "health" | "clock" | "version" | "startedAt">;

const describing = (summary: string) => ({ summary, tags: ["health"], security: [] });

export const healthRoutes =
  ({ health, clock, version, startedAt }: HealthDependencies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/",
      { schema: { ...describing("Health, and which trackers fail"), response: { 200: healthSchema } } },
      async () => {
        const { lastPollAt, failingTrackers } = health.poll();
        return {
          status: failingTrackers.size === 0 ? ("ok" as const) : ("degraded" as const),
          version,
          uptimeSeconds: Math.max(0, Math.floor((clock.now() - startedAt) / 1000)),
          lastPollAt: isoOrNull(lastPollAt),
          failingTrackers: [...failingTrackers].map(([tracker, { since, error }]) => ({
            tracker,
            since: isoOf(since),
            error,
          })),
        };
      },
    );

    app.get(
      "/livez",
      { schema: { ...describing("The process answers"), response: { 200: doneSchema } } },
      async () => ({ ok: true as const }),
    );

    app.get(
      "/readyz",
      {
        schema: {
          ...describing("The store can be written and the poll is not overdue; otherwise 503 says which"),
          response: { 200: doneSchema, ...refusals(503) },
        },
      },
      async () => {
        const reason = await health.notReady();
        if (reason !== null) throw new Refusal(503, reason);
        return { ok: true as const };
      },
    );
  };
