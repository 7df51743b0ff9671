import type { z } from "zod";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { exchange } from "../../shared/exchange.ts";
import { createVendorGate, type VendorGateOptions } from "../../shared/vendor-gate.ts";
import { boundToIssue, failureOf } from "./jira-failure.ts";

export interface JiraAccess {
  /** `JIRA_TOKEN`. */
  readonly token: string;
  /** `JIRA_CLOUD_ID`. */
  readonly cloudId: string;
  /** `JIRA_API_URL`. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly gate?: Partial<VendorGateOptions>;
}

export interface JiraRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Below `/rest/api/3`, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Jira's REST API v3 behind one gate. Every method: @throws VendorError */
export interface JiraClient {
  /** For what changes nothing at Jira, searches by POST included: tried again when Jira fails. */
  read<Answer>(request: JiraRequest, schema: z.ZodType<Answer>): Promise<Answer>;
  /** Sent once. Jira has to answer 201 with what it made. */
  create<Answer>(request: JiraRequest, schema: z.ZodType<Answer>): Promise<Answer>;
  /** Sent once. Jira has to answer 204: anything else is no proof that the change was made. */
  change(request: JiraRequest): Promise<void>;
}

export const createJiraClient = ({
  token,
  cloudId,
  apiUrl,
  clock,
  gate: overrides,
}: JiraAccess): JiraClient => {
  const gate = createVendorGate({ vendor: "Jira", clock, concurrency: 8, ...overrides });
  const base = `${apiUrl.replace(/\/+$/, "")}/ex/jira/${encodeURIComponent(cloudId)}/rest/api/3`;

  const send = async <Answer>(
    way: "read" | "write",
    { method, path, query = {}, body }: JiraRequest,
    understand: (status: number, text: string) => Answer,
  ): Promise<Answer> => {
    requireSendable(token);
    const search = new URLSearchParams(query).toString();
    const outcome = await gate[way](async (signal) => {
      const answer = await exchange({
        vendor: "Jira",
        url: `${base}${path}${search === "" ? "" : `?${search}`}`,
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
        signal,
      });
      const failure = failureOf(answer, clock.now());
      if (failure === null) return { value: understand(answer.status, answer.text) };
      // Thrown in here it would hold back every other issue too.
      if (boundToIssue(answer)) return { failure };
      throw failure;
    });
    if ("failure" in outcome) throw outcome.failure;
    return outcome.value;
  };

  return {
    read: (request, schema) => send("read", request, (_, text) => parseAnswer(request, text, schema)),
    create: (request, schema) =>
      send("write", request, (status, text) => {
        requireStatus(request, status, 201);
        return parseAnswer(request, text, schema);
      }),
    change: (request) => send("write", request, (status) => requireStatus(request, status, 204)),
  };
};

/** A character that no header can carry would be told by the error, and the rest of the token with it. */
const requireSendable = (token: string): void => {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new VendorError(
      "unauthorised",
      "JIRA_TOKEN has a character in it that no token has: copy it again.",
    );
};

const requireStatus = ({ method, path }: JiraRequest, status: number, expected: number): void => {
  if (status !== expected)
    throw new VendorError("malformed", `Jira answered ${status} to ${method} ${path}, not ${expected}.`);
};

const parseAnswer = <Answer>(
  { method, path }: JiraRequest,
  text: string,
  schema: z.ZodType<Answer>,
): Answer => {
  const asked = `${method} ${path}`;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new VendorError(
      "malformed",
      text === "" ? `Jira answered ${asked} with nothing.` : `Jira's answer to ${asked} is not JSON.`,
      { cause: error },
    );
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new VendorError(
    "malformed",
    `Jira's answer to ${asked} is not what its documentation says (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}).`,
    { cause: parsed.error },
  );
};
