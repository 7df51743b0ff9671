import { GraphQLError } from "graphql";

/** As `@linear/sdk` tells them apart: by `extensions.type`. */
type ErrorType =
  | "authentication error"
  | "forbidden"
  | "graphql error"
  | "internal error"
  | "invalid input"
  | "ratelimited";

export interface LinearErrorOptions {
  readonly type: ErrorType;
  readonly code: string;
  /** What Linear says in the error; the HTTP status of an answer is another matter. */
  readonly statusCode: number;
  /** For a person. */
  readonly presentable?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** An error with the extensions that Linear gives its own. */
export const linearError = (
  message: string,
  { type, code, statusCode, presentable, meta }: LinearErrorOptions,
): GraphQLError =>
  new GraphQLError(message, {
    extensions: {
      type,
      code,
      statusCode,
      userError: type !== "internal error",
      ...(presentable === undefined ? {} : { userPresentableMessage: presentable }),
      ...(meta === undefined ? {} : { meta }),
    },
  });

export const invalidInput = (message: string, presentable = message): GraphQLError =>
  linearError(message, { type: "invalid input", code: "INPUT_ERROR", statusCode: 400, presentable });

export const entityNotFound = (kind: string): GraphQLError =>
  invalidInput(`Entity not found: ${kind}`, `Could not find referenced ${kind}.`);

/** A client-made id that is taken: nothing is made twice. */
export const entityExists = (kind: string, id: string): GraphQLError =>
  invalidInput(`Entity already exists: ${kind} ${id}`, `The ${kind} with this id exists already.`);

/** What Linear can do and this emulator cannot: said aloud, so that no test builds on a silent null. */
export const notEmulated = (what: string): GraphQLError =>
  linearError(`The Linear emulator does not know ${what}`, {
    type: "internal error",
    code: "NOT_EMULATED",
    statusCode: 501,
  });

export const unauthenticated = (): GraphQLError =>
  linearError("Authentication required, not authenticated", {
    type: "authentication error",
    code: "AUTHENTICATION_ERROR",
    statusCode: 401,
    presentable: "You need to authenticate to access this operation.",
  });

export const writeForbidden = (): GraphQLError =>
  linearError("Invalid scope: `write` required", {
    type: "forbidden",
    code: "FORBIDDEN",
    statusCode: 403,
    presentable: "The API key has no permission to write.",
  });
