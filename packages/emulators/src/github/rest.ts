import { createHash } from "node:crypto";
import type { OpenApiValidator, RequestVerdict } from "../openapi/validator.ts";
import type { ConformanceRecord } from "../shared/conformance.ts";
import { jsonAnswer, type LoopbackAnswer, type LoopbackRequest } from "../shared/loopback-server.ts";
import { covers, type Identity, permits, suspended } from "./credentials.ts";
import { describedPath } from "./described-path.ts";
import type { GithubLimits } from "./limits.ts";
import type { Caller, GithubRepository } from "./model.ts";
import type { Call, GithubApi, Operation } from "./operations/operation.ts";
import { errorBody, notAccessible, notFound, Refusal, refuse, unauthorized } from "./refusal.ts";

export interface RestOptions {
  readonly api: GithubApi;
  readonly validator: OpenApiValidator;
  readonly conformance: ConformanceRecord;
  readonly limits: GithubLimits;
  readonly operations: ReadonlyMap<string, Operation>;
}

export interface RestCall {
  readonly body: unknown;
  readonly act: () => Promise<LoopbackAnswer>;
}

/** Where to, below `/api/v3`. */
export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * A request of the REST API: credential, limits, GitHub's own description, the token's reach, its permissions, the
 * operation; in this order. All is held against the description, whatever comes of it.
 */
export const createRest = (options: RestOptions) => {
  const { validator, conformance, limits } = options;
  return (arrived: LoopbackRequest, { path, query }: Target, identity: Identity): RestCall => {
    const body = parseBody(arrived.body);
    const { method } = arrived;
    const verdict = validator.checkRequest({ method, path: describedPath(path), query, body });
    record(conformance, method, path, verdict);
    const caller: Caller = identity.kind === "known" ? identity.caller : { kind: "nobody" };
    const perform = async (): Promise<LoopbackAnswer> => {
      if (identity.kind === "refused") throw unauthorized(identity.message);
      const isFree = verdict.kind === "valid" && verdict.operation.id === "rate-limit/get";
      const limited = isFree ? null : limits.request(caller, method);
      return limited ?? (await operate(options, { arrived, caller, query, body }, verdict));
    };
    const act = async (): Promise<LoopbackAnswer> => {
      const answer = conditional(arrived, await orRefusal(perform()));
      if (answer.status === 304) limits.refund(caller);
      return { ...answer, headers: { ...answer.headers, ...limits.headers(caller) } };
    };
    return { body: body ?? null, act };
  };
};

const orRefusal = async (work: Promise<LoopbackAnswer>): Promise<LoopbackAnswer> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal) return jsonAnswer(error.status, error.body, error.headers);
    throw error;
  }
};

/** Not JSON is said with this, which no schema of an object allows. */
const notJson = "Problems parsing JSON";

const parseBody = (text: string): unknown => {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
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

interface Asked extends Pick<Call, "caller" | "query" | "body"> {
  readonly arrived: LoopbackRequest;
}

/** @throws Refusal as GitHub refuses it */
const operate = async (
  { api, limits, operations }: RestOptions,
  { arrived, caller, query, body }: Asked,
  verdict: RequestVerdict,
): Promise<LoopbackAnswer> => {
  if ((arrived.headers["user-agent"] ?? "") === "")
    throw refuse(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    );
  if (verdict.kind === "unknown") throw notFound();
  if (body === notJson) throw refuse(400, notJson);
  if (verdict.kind === "invalid") throw refuse(422, `Invalid request.\n\n${verdict.violations.join("\n")}`);
  const { operation, pathParameters } = verdict;
  const known = operations.get(operation.id);
  if (known === undefined) throw refuse(501, `The emulator does not know ${operation.id}.`);
  const call: Call = { caller, path: pathParameters, query, headers: arrived.headers, body };
  checkReach(api, call, arrived.method);
  checkPermissions(caller, known);
  const limited =
    (known.createsContent === true ? limits.content(caller) : null) ??
    (operation.id === dispatchId ? limits.run(caller) : null);
  return limited ?? (await known.operate(api, call));
};

const dispatchId = "actions/create-workflow-dispatch";

/** Whether the token reaches the repository, and the repository takes this. @throws Refusal 403, 404 */
const checkReach = (api: GithubApi, { caller, path }: Call, method: string): void => {
  const { store } = api;
  if (caller.kind === "installation" && caller.installation.suspended) throw suspended();
  const { owner, repo } = path;
  if (owner === undefined || repo === undefined) return;
  const repository = store.find(owner, repo);
  if (repository === null) throw redirectOf(api, store.formerly(owner, repo), method);
  if (caller.kind === "installation" && !covers(caller, repository)) throw notFound();
  if (repository.archived && method !== "GET") throw refuse(403, "Repository was archived so is read-only.");
};

/** To where it is now, by its id, whatever it is called then. */
const redirectOf = ({ url }: GithubApi, moved: GithubRepository | null, method: string): Refusal => {
  if (moved === null) return notFound();
  const [status, message] = method === "GET" ? [301, "Moved Permanently"] : [307, "Temporary Redirect"];
  const location = `${url()}${apiRoot}/repositories/${moved.id}`;
  return new Refusal(status, { ...errorBody(status, message), url: location }, { location });
};

const apiRoot = "/api/v3";

/** @throws Refusal 401 without a credential, 403 where the token has not got what it takes */
const checkPermissions = (caller: Caller, { needs }: Operation): void => {
  if (needs === null) return;
  if (caller.kind === "nobody") throw unauthorized("Requires authentication");
  if (caller.kind === "app" || !permits(caller.permissions, needs)) throw notAccessible();
};

/** Every GET that succeeds has an `ETag`; who names it in `If-None-Match` gets 304 and pays nothing. */
const conditional = ({ method, headers }: LoopbackRequest, answer: LoopbackAnswer): LoopbackAnswer => {
  if (method !== "GET" || answer.status !== 200) return answer;
  const hash = createHash("sha256").update(answer.body).digest("hex");
  const tagged = { ...answer.headers, etag: `W/"${hash}"` };
  const known = (headers["if-none-match"] ?? "").split(",").some((tag) => tag.trim().endsWith(`"${hash}"`));
  return known ? { status: 304, headers: tagged, body: "" } : { ...answer, headers: tagged };
};
