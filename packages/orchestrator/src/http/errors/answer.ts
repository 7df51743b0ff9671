import type { ErrorAnswer } from "@ai-implement/contracts";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { Refusal } from "./refusal.ts";

/** What a client is told of an error. A 500 says nothing of its cause: that is in the log. */
export interface Answer {
  readonly status: number;
  readonly body: ErrorAnswer & Readonly<Record<string, unknown>>;
}

/** Any thrown value → status and body, in the codes of §13. */
export const answerTo = (error: unknown): Answer => {
  if (error instanceof Refusal)
    return { status: error.statusCode, body: { error: error.message, ...error.details } };
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  switch (statusOf(error)) {
    case 413:
      return { status: 413, body: { error: "The body is larger than this route takes." } };
    case 415:
      // §13 has no 415: a body in another format is a bad request.
      return {
        status: 400,
        body: { error: "The body has to be JSON: send Content-Type: application/json." },
      };
    case 404:
    case 414:
      return { status: 404, body: { error: "not_found" } };
    case "other-client-error":
      return { status: 400, body: { error: "The request or its JSON body is malformed." } };
    case "fault":
      return { status: 500, body: { error: "internal error" } };
  }
};

interface SchemaErrors {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string;
}

const invalidRequest = ({ validation, validationContext = "request" }: SchemaErrors): Answer => ({
  status: 400,
  body: {
    error: `The ${validationContext} is not valid.`,
    problems: validation.slice(0, 50).map(({ instancePath, message = "is not valid" }) => ({
      field: instancePath.slice(1).replaceAll("/", "."),
      problem: message,
    })),
  },
});

/**
 * Fastify marks what the client did wrong with a 4xx status; anything else is our own fault. A vendor's client may
 * mark its errors in the same way, and those are none of the caller's: hence the look at who threw it.
 */
const statusOf = (error: unknown): 404 | 413 | 414 | 415 | "other-client-error" | "fault" => {
  if (!(error instanceof Error) || !("statusCode" in error) || !isOfTheRequest(error)) return "fault";
  const status = error.statusCode;
  if (status === 404 || status === 413 || status === 414 || status === 415) return status;
  return typeof status === "number" && status >= 400 && status < 500 ? "other-client-error" : "fault";
};

/** Thrown by Fastify, or by the request's own stream when the client went away in the middle of its body. */
const isOfTheRequest = (error: Error): boolean =>
  "code" in error &&
  typeof error.code === "string" &&
  (error.code.startsWith("FST_") || error.code === "ECONNRESET");

/** The stable word that a runner reads instead of a sentence (§13). */
export const slugOf = (error: unknown, status: number): string => {
  if (error instanceof Refusal) return error.message;
  switch (status) {
    case 400:
      return "invalid_body";
    case 401:
      return "unauthorised";
    case 404:
      return "not_found";
    case 413:
      return "payload_too_large";
    default:
      return "internal_error";
  }
};
