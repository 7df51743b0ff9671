import { headline } from "../../../core/messages/foreign.ts";
import type { VendorFailure } from "../../../ports/vendor-error.ts";
import { accessError, lacksPermission } from "./access-problems.ts";
import { type GithubAnswer, GithubError } from "./github-client.ts";
import { parseAnswer } from "./parse-answer.ts";
import { graphqlSchema } from "./schema.ts";

const failures: Readonly<Record<string, VendorFailure>> = {
  NOT_FOUND: "not-found",
  RATE_LIMITED: "rate-limited",
  FORBIDDEN: "forbidden",
  INSUFFICIENT_SCOPES: "forbidden",
};

/** GraphQL says no under 200. @throws GithubError, VendorError */
export const dataOf = ({ status, json }: GithubAnswer, account: string): unknown => {
  const { data, errors = [] } = parseAnswer("a GraphQL request", json, graphqlSchema);
  const [first] = errors;
  if (first === undefined) return data;
  if (/not accessible by integration/i.test(first.message))
    throw accessError(
      lacksPermission(account, "that this change needs: contents: write and pull_requests: write"),
    );
  const failure = failures[first.type ?? ""] ?? "invalid";
  throw new GithubError(failure, `GitHub refused a change: ${headline(first.message, 1_000)}`, { status });
};
