import type { Instant } from "../../../core/time.ts";
import { VendorError, type VendorFailure } from "../../../ports/vendor-error.ts";
import type { Exchange } from "../../shared/exchange.ts";
import { retryAfterMs } from "./rate-limit.ts";
import { answerSchema, type GraphqlError } from "./schema.ts";

export type Answer =
  | { readonly kind: "data"; readonly data: unknown }
  /** `field` is the one of the document's own fields that failed, by its alias; null: it is all of the document. */
  | { readonly kind: "failed"; readonly error: VendorError; readonly field: string | null };

/**
 * What Linear said. An answer that has errors is a failed one, whatever data stands beside them: a list with a hole
 * must not be taken for whole.
 */
export const readAnswer = ({ status, headers, text }: Exchange, now: Instant): Answer => {
  const failed = (failure: VendorFailure, said: string, field: string | null = null): Answer => {
    const wait = failure === "rate-limited" ? retryAfterMs(headers, now) : undefined;
    const message = explain(failure, oneLine(said) || `HTTP ${status}`);
    const error = new VendorError(failure, message, wait === undefined ? {} : { retryAfterMs: wait });
    return { kind: "failed", error, field };
  };
  const body = parse(text);
  const [first] = body?.errors ?? [];
  if (first !== undefined) {
    const failure = failureOf(first, status);
    const field = isOfWholeDocument(failure, first) ? null : (first.path?.[0] ?? null);
    return failed(failure, wordsOf(first), field === null ? null : String(field));
  }
  const refusal = failureOfStatus(status);
  if (refusal !== null) return failed(refusal, "");
  if (body?.data === undefined || body.data === null) return failed("malformed", whatIsWrong(text, body));
  return { kind: "data", data: body.data };
};

/** True of every field of a document, even where the answer blames the first of them. */
const isOfWholeDocument = (failure: VendorFailure, error: GraphqlError): boolean =>
  failure === "rate-limited" ||
  failure === "unauthorised" ||
  failure === "too-complex" ||
  (failure === "forbidden" && /scope/i.test(wordsOf(error)));

const parse = (text: string) => {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON: the caller says so by the status, or as malformed.
    return null;
  }
};

const failureOfStatus = (status: number): VendorFailure | null => {
  if (status >= 200 && status < 300) return null;
  if (status === 401) return "unauthorised";
  if (status === 403) return "forbidden";
  if (status === 429) return "rate-limited";
  // The body is too large: as it is, it will not become smaller.
  if (status === 413) return "invalid";
  return status >= 500 ? "unavailable" : "malformed";
};

const whatIsWrong = (text: string, body: object | null): string => {
  if (text.trim() === "") return "the answer is empty";
  return body === null ? "the answer is not of a GraphQL API" : "the answer is not whole";
};

/** Codes as Linear's API sends them, types as its SDK knows them. */
const failuresByWord: Readonly<Record<string, VendorFailure>> = {
  RATELIMITED: "rate-limited",
  ratelimited: "rate-limited",
  AUTHENTICATION_ERROR: "unauthorised",
  UNAUTHENTICATED: "unauthorised",
  "authentication error": "unauthorised",
  FORBIDDEN: "forbidden",
  forbidden: "forbidden",
  "feature not accessible": "forbidden",
  "usage limit exceeded": "forbidden",
  GRAPHQL_VALIDATION_FAILED: "invalid",
  GRAPHQL_PARSE_FAILED: "invalid",
  BAD_USER_INPUT: "invalid",
  INPUT_ERROR: "invalid",
  "graphql error": "invalid",
  "invalid input": "invalid",
  "user error": "invalid",
};

const failureOf = (error: GraphqlError, status: number): VendorFailure => {
  const { code = "", type = "" } = error.extensions ?? {};
  const words = wordsOf(error);
  const failure = failuresByWord[code] ?? failuresByWord[type] ?? null;
  // Both come with the code of an input error: only their words tell them apart.
  if (failure === "invalid" || failure === null) {
    if (/entity not found|could not find referenced/i.test(words)) return "not-found";
    if (/too complex|complexity/i.test(words)) return "too-complex";
  }
  // A word that nobody knows is no reason to give up for good.
  return failure ?? failureOfStatus(status) ?? "unavailable";
};

const wordsOf = ({ message, extensions }: GraphqlError): string =>
  [message, extensions?.userPresentableMessage].filter((words) => words !== undefined).join(" ");

const explain = (failure: VendorFailure, said: string): string => {
  switch (failure) {
    case "unauthorised":
      return `LINEAR_API_KEY is not accepted by Linear: set a key that is valid (Linear: Settings, Security & access). It said: ${said}`;
    case "forbidden":
      return `LINEAR_API_KEY may not do this in Linear: give the key the permissions to read and to write, and access to the team. It said: ${said}`;
    case "rate-limited":
      return `Linear's rate limit is spent. It said: ${said}`;
    case "too-complex":
      return `The query costs more than Linear allows. It said: ${said}`;
    case "not-found":
      return `Linear does not have it: ${said}`;
    case "invalid":
      return `Linear refuses the request: ${said}`;
    case "malformed":
      return `Linear's answer cannot be read: ${said}`;
    case "unavailable":
    case "timeout":
    case "unreachable":
      return `Linear failed: ${said}`;
  }
};

/** Linear quotes what it was sent: a stranger's text belongs into no log at full length. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 300);
