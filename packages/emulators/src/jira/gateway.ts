import type { OpenApiValidator, RequestVerdict } from "../openapi/validator.ts";
import type { ConformanceRecord } from "../shared/conformance.ts";
import { jsonAnswer, type LoopbackAnswer, type LoopbackRequest } from "../shared/loopback-server.ts";
import type { JiraRequest } from "./api.ts";
import type { JiraApi } from "./operations/operation.ts";
import { operations } from "./operations/operations.ts";
import { Refusal } from "./refusal.ts";

export interface GatewayOptions {
  readonly cloudId: string;
  readonly token: string;
  readonly validator: OpenApiValidator;
  readonly conformance: ConformanceRecord;
  readonly api: JiraApi;
}

export interface Handled {
  readonly request: JiraRequest;
  readonly act: () => LoopbackAnswer;
}

type Gateway = (arrived: LoopbackRequest) => Handled;

/** From the raw request to the operation: token, cloud id, the vendor's schema, in this order; all is held against the schema. */
export const createGateway = ({ cloudId, token, validator, conformance, api }: GatewayOptions): Gateway => {
  return (arrived) => {
    const { pathname, searchParams: query } = new URL(arrived.path, "http://loopback");
    const [, cloud = null, below = pathname] = /^\/ex\/jira\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    const body = parseBody(arrived);
    const verdict = below.startsWith("/rest/api/3/")
      ? validator.checkRequest({ method: arrived.method, path: below, query, body })
      : null;
    if (verdict !== null) record(conformance, arrived.method, below, verdict);
    const request: JiraRequest = {
      at: arrived.at,
      method: arrived.method,
      path: below,
      query: Object.fromEntries(query),
      body: body ?? null,
      early: api.limits.isEarly(arrived.at, writtenIssue(api, arrived.method, verdict)),
    };
    const act = (): LoopbackAnswer => {
      if (arrived.headers["authorization"] !== `Bearer ${token}`)
        return jsonAnswer(401, { code: 401, message: "Unauthorized" });
      if (cloud !== cloudId || verdict === null)
        return jsonAnswer(404, {
          status: 404,
          error: "Not Found",
          message: "No message available",
          path: pathname,
        });
      if (arrived.body !== "" && !/^application\/json\b/.test(arrived.headers["content-type"] ?? ""))
        return jsonAnswer(415, { errorMessages: ["Unsupported Media Type"], errors: {} });
      return perform(api, verdict, query, body);
    };
    return { request, act };
  };
};

/** Not JSON is said with this, which no schema of an object allows. */
const notJson = "The body is not JSON";

const parseBody = ({ body }: LoopbackRequest): unknown => {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return notJson;
  }
};

const record = (
  conformance: ConformanceRecord,
  method: string,
  path: string,
  verdict: RequestVerdict,
): void => {
  switch (verdict.kind) {
    case "valid":
      conformance.accept();
      break;
    case "unknown":
      conformance.violate(verdict.violation);
      break;
    case "invalid":
      conformance.violate(`${method} ${path}: ${verdict.violations.join("; ")}`);
      break;
  }
};

/** Which issue a request would change, so that a limit on that issue binds it. */
const writtenIssue = ({ store }: JiraApi, method: string, verdict: RequestVerdict | null): string | null => {
  if (method === "GET" || verdict?.kind !== "valid") return null;
  const idOrKey = verdict.pathParameters["issueIdOrKey"];
  return idOrKey === undefined ? null : (store.find(idOrKey)?.id ?? null);
};

const perform = (
  api: JiraApi,
  verdict: RequestVerdict,
  query: URLSearchParams,
  body: unknown,
): LoopbackAnswer => {
  if (verdict.kind !== "valid") {
    const violations = verdict.kind === "unknown" ? [verdict.violation] : verdict.violations;
    return jsonAnswer(400, {
      errorMessages: [
        "Invalid request payload. Refer to the REST API documentation and try again.",
        ...violations,
      ],
    });
  }
  const { operation, pathParameters: path } = verdict;
  const operate = operations.get(operation.id);
  if (operate === undefined)
    return jsonAnswer(501, { errorMessages: [`The emulator does not know ${operation.id}.`], errors: {} });
  try {
    return operate(api, { path, query, body });
  } catch (error) {
    if (error instanceof Refusal) return jsonAnswer(error.status, error.body, error.headers);
    throw error;
  }
};
