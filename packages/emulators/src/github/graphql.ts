import { buildSchema, execute, GraphQLError } from "graphql";
import { readGraphqlRequest } from "../linear/graphql-request.ts";
import type { ConformanceRecord } from "../shared/conformance.ts";
import { jsonAnswer, type LoopbackAnswer, type LoopbackRequest } from "../shared/loopback-server.ts";
import { covers, type Identity, permits, suspended } from "./credentials.ts";
import type { GithubLimits } from "./limits.ts";
import type { Caller } from "./model.ts";
import type { GithubApi } from "./operations/operation.ts";
import type { PullPlace } from "./pulls/compare.ts";
import { setDraft } from "./pulls/lifecycle.ts";
import { pullHtmlUrl, pullNodeId } from "./pulls/render-pull.ts";
import { errorBody } from "./refusal.ts";

/** What REST cannot do: https://docs.github.com/graphql/reference/mutations */
const schema = buildSchema(`
  scalar URI

  type Query {
    rateLimit: RateLimit
  }

  type RateLimit {
    cost: Int!
    limit: Int!
    remaining: Int!
  }

  type Mutation {
    convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload
    markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
  }

  input ConvertPullRequestToDraftInput {
    clientMutationId: String
    pullRequestId: ID!
  }

  input MarkPullRequestReadyForReviewInput {
    clientMutationId: String
    pullRequestId: ID!
  }

  type ConvertPullRequestToDraftPayload {
    clientMutationId: String
    pullRequest: PullRequest
  }

  type MarkPullRequestReadyForReviewPayload {
    clientMutationId: String
    pullRequest: PullRequest
  }

  enum PullRequestState {
    CLOSED
    MERGED
    OPEN
  }

  type PullRequest {
    id: ID!
    number: Int!
    isDraft: Boolean!
    state: PullRequestState!
    title: String!
    url: URI!
  }
`);

export interface GraphqlOptions {
  readonly api: GithubApi;
  readonly conformance: ConformanceRecord;
  readonly limits: GithubLimits;
}

export interface GraphqlCall {
  /** Query and variables, as they were sent. */
  readonly body: unknown;
  readonly act: () => Promise<LoopbackAnswer>;
}

/** `POST /api/graphql`. A document that GitHub's own schema would refuse is a violation. */
export const createGraphql =
  ({ api, conformance, limits }: GraphqlOptions) =>
  (arrived: LoopbackRequest, identity: Identity): GraphqlCall => {
    const request = readGraphqlRequest(schema, arrived.body);
    if (request.kind === "valid") conformance.accept();
    else conformance.violate(`GraphQL: ${request.errors.map(({ message }) => message).join(" ")}`);
    const act = async (): Promise<LoopbackAnswer> => {
      const refused = admit(identity, limits);
      if (refused !== null) return refused;
      if (request.kind === "invalid") return jsonAnswer(200, { errors: request.errors });
      const caller = identity.kind === "known" ? identity.caller : nobody;
      const { document, source } = request;
      const { data, errors } = await execute({
        schema,
        document,
        variableValues: source.variables,
        operationName: source.operationName,
        rootValue: resolvers(api, caller, limits),
      });
      return jsonAnswer(200, errors === undefined ? { data } : { data, errors: errors.map(errorJson) });
    };
    return { body: request.source, act };
  };

/** GitHub says the type of an error beside its message. */
const errorJson = (error: GraphQLError): object => {
  const { extensions, ...rest } = error.toJSON();
  return { ...extensions, ...rest };
};

const nobody: Caller = { kind: "nobody" };

/** @returns the refusal, or null */
const admit = (identity: Identity, limits: GithubLimits): LoopbackAnswer | null => {
  if (identity.kind === "refused") return jsonAnswer(401, errorBody(401, identity.message));
  if (identity.caller.kind !== "installation")
    return jsonAnswer(401, errorBody(401, "This endpoint requires you to be authenticated."));
  if (identity.caller.installation.suspended) {
    const { status, body } = suspended();
    return jsonAnswer(status, body);
  }
  return limits.request(identity.caller, "POST");
};

interface DraftInput {
  readonly input: { readonly pullRequestId: string; readonly clientMutationId?: string | null };
}

const resolvers = (api: GithubApi, caller: Caller, limits: GithubLimits) => {
  const change =
    (draft: boolean) =>
    ({ input }: DraftInput) => {
      const place = pullOf(api, caller, input.pullRequestId);
      if (place.pull.state === "closed") throw refusal("UNPROCESSABLE", "Pull request is closed");
      setDraft(api, place, draft, api.store.app.login);
      return {
        clientMutationId: input.clientMutationId ?? null,
        pullRequest: pullRequestOf(api, place),
      };
    };
  return {
    rateLimit: () => ({ ...limits.quota(caller), cost: 1 }),
    convertPullRequestToDraft: change(true),
    markPullRequestReadyForReview: change(false),
  };
};

const pullRequestOf = (api: GithubApi, place: PullPlace) => {
  const { pull } = place;
  const open = pull.state === "open" ? "OPEN" : "CLOSED";
  return {
    id: pullNodeId(pull),
    number: pull.number,
    isDraft: pull.draft,
    state: pull.merged === null ? open : "MERGED",
    title: pull.title,
    url: pullHtmlUrl(api, place),
  };
};

/** @throws GraphQLError where the token does not reach it, or may not change it */
const pullOf = ({ store }: GithubApi, caller: Caller, id: string): PullPlace => {
  const places = store.repositories.flatMap((repository) =>
    [...repository.pulls.values()].map((pull): PullPlace => ({ repository, pull })),
  );
  const place = places.find(({ repository, pull }) => pullNodeId(pull) === id && covers(caller, repository));
  if (place === undefined)
    throw refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
  if (caller.kind !== "installation" || !permits(caller.permissions, { pull_requests: "write" }))
    throw refusal("FORBIDDEN", "Resource not accessible by integration");
  if (place.repository.archived) throw refusal("UNPROCESSABLE", "Repository was archived so is read-only.");
  return place;
};

const refusal = (type: "FORBIDDEN" | "NOT_FOUND" | "UNPROCESSABLE", message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });
