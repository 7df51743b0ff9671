import { execute, type GraphQLSchema } from "graphql";
import type { ConformanceRecord } from "../shared/conformance.ts";
import type { Fault, FaultSource } from "../shared/faults.ts";
import {
  jsonAnswer,
  type LoopbackAnswer,
  type LoopbackExchange,
  type LoopbackRequest,
} from "../shared/loopback-server.ts";
import { createResetWatch } from "../shared/reset-watch.ts";
import { type Admission, type Gatekeeper, rateLimitError } from "./admission.ts";
import type { LinearRequest } from "./api.ts";
import { complexityOf } from "./complexity.ts";
import { type GraphqlRequest, readGraphqlRequest } from "./graphql-request.ts";
import { createFieldResolver, type World } from "./resolvers/fields.ts";
import { fieldTables } from "./resolvers/tables.ts";

export interface ApiOptions {
  readonly schema: GraphQLSchema;
  readonly world: Omit<World, "mayWrite">;
  readonly gatekeeper: Gatekeeper;
  readonly conformance: ConformanceRecord;
  readonly faultOf: FaultSource<LinearRequest>;
  readonly record: (request: LinearRequest) => void;
}

/** What `POST /graphql` does with a request. */
export const createApi = (options: ApiOptions): ((received: LoopbackRequest) => LoopbackExchange) => {
  const { schema, gatekeeper, conformance } = options;
  const watch = createResetWatch();
  const fieldResolver = createFieldResolver(fieldTables);

  const run = async (
    { request, mayWrite }: Extract<Admission, { kind: "admitted" }>,
    headers: Readonly<Record<string, string>>,
  ): Promise<LoopbackAnswer> => {
    const { document, source } = request;
    const result = await execute({
      schema,
      document,
      variableValues: source.variables,
      operationName: source.operationName,
      contextValue: { ...options.world, mayWrite },
      fieldResolver,
    });
    return jsonAnswer(200, result, headers);
  };
  const refuse = (resetAt: number, now: number, why: string): LoopbackAnswer => ({
    ...jsonAnswer(400, { errors: [rateLimitError(why)] }, gatekeeper.refusalHeaders(resetAt, now)),
    onSent: () => watch.told(resetAt),
  });
  const answer = (
    admission: Admission,
    cost: number,
    now: number,
  ): LoopbackAnswer | Promise<LoopbackAnswer> => {
    const headers = gatekeeper.headers(cost, now);
    switch (admission.kind) {
      case "admitted":
        return run(admission, headers);
      case "refused":
        return jsonAnswer(admission.status, { errors: admission.errors }, headers);
      case "rate-limited": {
        const { error, resetAt } = admission;
        return { ...jsonAnswer(400, { errors: [error] }, headers), onSent: () => watch.told(resetAt) };
      }
    }
  };

  return (received) => {
    const { at, headers } = received;
    if (received.method !== "POST" || pathOf(received) !== "/graphql") {
      conformance.violate(`${received.method} ${pathOf(received)} is not Linear's API`);
      return { fault: null, act: () => ({ status: 404, body: "Not Found" }), rateLimited: () => never() };
    }
    const request = readGraphqlRequest(schema, received.body);
    conform(conformance, request);
    const cost = request.kind === "valid" ? complexityOf({ schema, ...request }) : 0;
    const seen = seenRequest(request, at, cost, watch.early(at));
    const fault = options.faultOf(seen);
    const admission = doesTheWork(fault)
      ? gatekeeper.admit(request, headers["authorization"], cost, at)
      : null;
    options.record({ ...seen, points: admission?.kind === "admitted" ? cost : 0 });
    return {
      fault,
      act: () => (admission === null ? never() : answer(admission, cost, at)),
      rateLimited: (resetMs) => refuse(at + resetMs, at, "Too many requests."),
    };
  };
};

const pathOf = ({ path }: LoopbackRequest): string => new URL(path, "http://loopback").pathname;

const never = (): never => {
  throw new Error("a request that was kept from the API reached it");
};

const conform = (conformance: ConformanceRecord, request: GraphqlRequest): void => {
  if (request.kind === "valid") {
    conformance.accept();
    return;
  }
  const name = request.operation?.name?.value ?? request.source.operationName ?? "anonymous operation";
  conformance.violate(`${name}: ${request.errors.map(({ message }) => message).join(" ")}`);
};

const seenRequest = (request: GraphqlRequest, at: number, points: number, early: boolean): LinearRequest => {
  const kind = request.operation?.operation;
  return {
    at,
    operation: request.operation?.name?.value ?? "",
    kind: kind === "query" || kind === "mutation" ? kind : "none",
    document: request.source.query,
    variables: request.source.variables,
    points,
    early,
  };
};

const doesTheWork = (fault: Fault | null): boolean => {
  switch (fault?.kind) {
    case undefined:
    case "latency":
    case "reset-after":
    case "cut-off":
      return true;
    case "rate-limited":
    case "server-error":
    case "reset-before":
    case "hang":
    case "empty":
      return false;
  }
};
