import { randomUUID } from "node:crypto";
import type { FastifyHttpOptions, RawServerDefault } from "fastify";
import { seconds } from "../core/time.ts";
import { answerClientError, answerFrameworkError } from "./errors/before-routing.ts";

export const kibibytes = (n: number): number => n * 1024;
export const mebibytes = (n: number): number => kibibytes(n * 1024);

/** What a stranger may cost us (§11.9): every size has a cap and every wait an end. */
export const serverOptions = (): FastifyHttpOptions<RawServerDefault> => ({
  // Fastify's own lines carry the URL, and a query string may carry what a log must not: see `markResponses`.
  logger: false,
  genReqId: () => randomUUID(),
  // Nobody outside chooses what our log is searched by.
  requestIdHeader: false,
  // An address that the throttle believes comes from the socket, not from a header.
  trustProxy: false,
  bodyLimit: kibibytes(256),
  onProtoPoisoning: "error",
  onConstructorPoisoning: "error",
  // A whole request, its body included: 4 MiB over a slow line.
  requestTimeout: seconds(60),
  // Of silence on a socket; a merge may take a while before its first byte.
  connectionTimeout: seconds(120),
  keepAliveTimeout: seconds(65),
  maxRequestsPerSocket: 1_000,
  http: { headersTimeout: seconds(15), maxHeaderSize: kibibytes(16) },
  // A ticket id is up to 1,000 characters, and each may be escaped.
  routerOptions: { maxParamLength: 3_000 },
  frameworkErrors: answerFrameworkError,
  clientErrorHandler: answerClientError,
});

/** JSON and nothing else, of any API of ours: the document is data, so the policy allows nothing to load. */
export const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: "deny" },
  referrerPolicy: { policy: "no-referrer" },
} as const;
