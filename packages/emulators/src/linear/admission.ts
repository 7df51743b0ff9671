import type { GraphQLError } from "graphql";
import { type Budget, createBudget } from "./budget.ts";
import { linearError, unauthenticated } from "./errors.ts";
import type { GraphqlRequest } from "./graphql-request.ts";

type ValidRequest = Extract<GraphqlRequest, { kind: "valid" }>;

/** What becomes of a request before anything is done. */
export type Admission =
  | { readonly kind: "admitted"; readonly request: ValidRequest; readonly mayWrite: boolean }
  | { readonly kind: "refused"; readonly status: number; readonly errors: readonly GraphQLError[] }
  | { readonly kind: "rate-limited"; readonly error: GraphQLError; readonly resetAt: number };

export interface AdmissionRules {
  readonly apiKey: string;
  readonly readOnlyKey: string | null;
  /** Per hour. */
  readonly requests: number;
  readonly points: number;
}

export interface Gatekeeper {
  /** Charges the budgets. @param points what the request costs; 0 where it is not valid */
  admit(request: GraphqlRequest, authorization: string | undefined, points: number, now: number): Admission;
  /** Of every answer. */
  headers(points: number, now: number): Readonly<Record<string, string>>;
  /** Those of an answer that refuses until `resetAt`, whatever the budgets say. */
  refusalHeaders(resetAt: number, now: number): Readonly<Record<string, string>>;
}

/** One request may not cost more. */
const maxPoints = 10_000;

export const createGatekeeper = (rules: AdmissionRules): Gatekeeper => {
  const requests = createBudget(rules.requests);
  const points = createBudget(rules.points);
  const keys = [rules.apiKey, rules.readOnlyKey];

  const headers = (cost: number, now: number) => ({
    "x-complexity": String(cost),
    ...budgetHeaders("requests", requests, 1, now),
    ...budgetHeaders("complexity", points, cost, now),
  });
  return {
    headers,
    refusalHeaders: (resetAt, now) => ({
      ...headers(0, now),
      "x-ratelimit-requests-remaining": "0",
      "x-ratelimit-requests-reset": String(resetAt),
    }),
    admit(request, authorization, cost, now) {
      if (authorization === undefined || !keys.includes(authorization))
        return { kind: "refused", status: 401, errors: [unauthenticated()] };
      if (!requests.take(1, now)) return exhausted("requests", requests.read(now, 1));
      if (request.kind === "invalid")
        return { kind: "refused", status: 400, errors: request.errors.map(withCode(request.code)) };
      if (cost > maxPoints) return { kind: "refused", status: 400, errors: [tooComplex(cost)] };
      if (!points.take(cost, now)) return exhausted("complexity points", points.read(now, cost));
      return { kind: "admitted", request, mayWrite: authorization === rules.apiKey };
    },
  };
};

const budgetHeaders = (name: string, budget: Budget, amount: number, now: number) => {
  const { limit, remaining, resetAt } = budget.read(now, amount);
  return {
    [`x-ratelimit-${name}-limit`]: String(limit),
    [`x-ratelimit-${name}-remaining`]: String(remaining),
    [`x-ratelimit-${name}-reset`]: String(resetAt),
  };
};

const exhausted = (what: string, { limit, resetAt }: ReturnType<Budget["read"]>): Admission => ({
  kind: "rate-limited",
  error: rateLimitError(`Only ${limit} ${what} are allowed per 1 hour.`),
  resetAt,
});

export const rateLimitError = (why: string): GraphQLError =>
  linearError("Rate limit exceeded", {
    type: "ratelimited",
    code: "RATELIMITED",
    statusCode: 429,
    presentable: `Rate limit exceeded. ${why}`,
  });

const tooComplex = (cost: number): GraphQLError =>
  linearError("Query too complex", {
    type: "invalid input",
    code: "QUERY_TOO_COMPLEX",
    statusCode: 400,
    presentable: `The query costs ${cost} points; at most ${maxPoints} are allowed.`,
  });

/** Of what the schema does not allow: the message of graphql-js, with the extensions of Linear. */
const withCode =
  (code: string) =>
  ({ message }: GraphQLError): GraphQLError =>
    linearError(message, { type: "graphql error", code, statusCode: 400 });
