import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../ports/clock.ts";
import { unauthorised } from "../errors/refusal.ts";
import { hashOf } from "./secrets.ts";
import type { SessionStore } from "./session-store.ts";

type RequestHook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The token of `Authorization: Bearer …`, or null where there is none. */
export const bearerOf = ({ headers }: Pick<FastifyRequest, "headers">): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;

/** Refuses before a byte of the body is read. `refusal` is the `error` of the 401. */
export const requireBearer =
  (refusal: string): RequestHook =>
  async (request, reply) => {
    if (bearerOf(request) !== null) return;
    reply.header("www-authenticate", "Bearer");
    throw unauthorised(refusal);
  };

/** A bearer that `POST /api/auth` gave and that has neither expired nor signed out. */
export const requireSession =
  (sessions: SessionStore, clock: Clock): RequestHook =>
  async (request, reply) => {
    const token = bearerOf(request);
    if (token !== null && (await sessions.has(hashOf(token), clock.now()))) return;
    reply.header("www-authenticate", "Bearer");
    throw unauthorised(
      "Sign in first: POST /api/auth with the access code gives a bearer token for 24 hours.",
    );
  };
