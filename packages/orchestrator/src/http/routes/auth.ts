import { sessionSchema, signInSchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { hours } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { bearerOf } from "../auth/bearer.ts";
import type { LoginThrottle } from "../auth/login-throttle.ts";
import { hashOf, newToken } from "../auth/secrets.ts";
import type { SessionStore } from "../auth/session-store.ts";
import { Refusal, unauthorised } from "../errors/refusal.ts";
import { noContent, refusals } from "../schemas.ts";
import { isoOf } from "../wire/iso.ts";

const sessionMs = hours(24);

export interface SignIn {
  readonly clock: Clock;
  readonly sessions: SessionStore;
  readonly throttle: LoginThrottle;
  readonly isAccessCode: (code: string) => boolean;
}

/** The one route of the admin API that needs no bearer. */
export const signInRoutes =
  ({ clock, sessions, throttle, isAccessCode }: SignIn): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/auth",
      {
        schema: {
          summary: "Sign in with the access code",
          tags: ["auth"],
          security: [],
          body: signInSchema,
          response: { 200: sessionSchema, ...refusals(400, 401, 413, 429) },
        },
      },
      async (request, reply) => {
        const now = clock.now();
        const blockedUntil = throttle.blockedUntil(request.ip, now);
        if (blockedUntil !== null) {
          reply.header("retry-after", Math.max(1, Math.ceil((blockedUntil - now) / 1000)));
          throw new Refusal(429, "Too many failed logins. Wait as long as Retry-After says.");
        }
        if (!isAccessCode(request.body.code)) {
          throttle.failed(request.ip, now);
          throw unauthorised("The access code is wrong (ADMIN_ACCESS_CODE).");
        }
        const token = newToken();
        await sessions.put(hashOf(token), now + sessionMs);
        return { token, expiresAt: isoOf(now + sessionMs) };
      },
    );
  };

export const signOutRoutes =
  ({ sessions }: Pick<SignIn, "sessions">): FastifyPluginAsyncZod =>
  async (app) => {
    app.delete(
      "/auth",
      {
        schema: {
          summary: "Sign out: the bearer of this request ends",
          tags: ["auth"],
          response: { 204: noContent, ...refusals(401) },
        },
      },
      async (request, reply) => {
        const token = bearerOf(request);
        if (token !== null) await sessions.remove(hashOf(token));
        return reply.code(204).send();
      },
    );
  };
