import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { parseCountRequest, parseMessagesRequest } from "./request.ts";
import { type ApiError, respond, respondError, respondJson } from "./respond.ts";
import { type Scenario, say } from "./scenario.ts";
import { isSideCall, turnOf } from "./turn.ts";
import { inputUsage, requestTokens } from "./usage.ts";

/** What a client sent, as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `null` without a body or where it is not JSON. */
  readonly body: unknown;
}

export interface AnthropicEmulator {
  /** For `ANTHROPIC_BASE_URL`: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Oldest first; the last 10,000. */
  requests(): readonly RecordedRequest[];
  /** Cuts open connections: a hanging answer holds nothing up. */
  close(): Promise<void>;
}

export interface EmulatorOptions {
  readonly scenario: Scenario;
  /** A free one by default. */
  readonly port?: number;
}

/** The vendor's own limit on a request. */
const maxBodyBytes = 32 * 1024 * 1024;
const maxRecorded = 10_000;

/**
 * The Anthropic Messages API on loopback, answered by a script. It keeps what a session has sent, so that usage and
 * cache figures grow as they do at the vendor, and refuses what the vendor refuses.
 */
export const startAnthropicEmulator = async (options: EmulatorOptions): Promise<AnthropicEmulator> => {
  const recorded: RecordedRequest[] = [];
  const answer = messagesApi(options.scenario);
  const server = createServer((request, response) => {
    response.setHeader("request-id", `req_${recorded.length + 1}`);
    receive(request)
      .then(async (received) => {
        recorded.push(received.request);
        if (recorded.length > maxRecorded) recorded.shift();
        await (received.kind === "too-large"
          ? respondError(response, tooLarge)
          : answer(received.request, response));
      })
      .catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => [...recorded],
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};

const tooLarge: ApiError = {
  status: 413,
  type: "request_too_large",
  message: "Request exceeds the maximum size",
};

/** A scenario that throws is a mistake of the test: said aloud in the answer, so that it is found. */
const fail = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  respondError(response, {
    status: 500,
    type: "api_error",
    message: `the scenario failed: ${String(error)}`,
  });
};

type Received = { readonly kind: "whole" | "too-large"; readonly request: RecordedRequest };

const receive = async (request: IncomingMessage): Promise<Received> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size <= maxBodyBytes) chunks.push(bytes);
  }
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    kind: size > maxBodyBytes ? "too-large" : "whole",
    request: {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: Object.fromEntries(headers),
      body: size > maxBodyBytes ? null : parseJson(Buffer.concat(chunks).toString("utf8")),
    },
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // An absent or broken body is refused by the schema, with the vendor's words.
    return null;
  }
};

type Answer = (request: RecordedRequest, response: ServerResponse) => Promise<void> | void;

interface SessionState {
  calls: number;
  lastTokens: number;
}

const messagesApi = (scenario: Scenario): Answer => {
  const sessions = new Map<string, SessionState>();
  let answers = 0;

  const answerMessage: Answer = ({ body, headers }, response) => {
    const parsed = parseMessagesRequest(body);
    if (parsed.kind === "invalid") return respondError(response, invalid(parsed.message));
    const { request } = parsed;
    const name = sessionOf(headers, body);
    const session = sessions.get(name) ?? { calls: 0, lastTokens: 0 };
    sessions.set(name, session);
    const turn = turnOf(request, name, session.calls);
    const usage = inputUsage(request, session.lastTokens);
    answers += 1;
    const envelope = { id: `msg_${String(answers).padStart(6, "0")}`, model: request.model, usage };
    if (isSideCall(turn))
      return respond(response, say("Work on a ticket"), envelope, request.stream === true);
    session.calls += 1;
    session.lastTokens = requestTokens(request);
    return respond(response, scenario(turn), envelope, request.stream === true);
  };

  return (request, response) => {
    const { pathname } = new URL(request.path, "http://loopback");
    if (request.method === "HEAD" && pathname === "/") {
      response.end();
      return;
    }
    const refused = refusalOf(request, pathname);
    if (refused !== null) return respondError(response, refused);
    return pathname === "/v1/messages" ? answerMessage(request, response) : countTokens(request, response);
  };
};

const countTokens: Answer = ({ body }, response) => {
  const parsed = parseCountRequest(body);
  if (parsed.kind === "invalid") return respondError(response, invalid(parsed.message));
  respondJson(response, 200, { input_tokens: requestTokens(parsed.request) });
};

const invalid = (message: string): ApiError => ({ status: 400, type: "invalid_request_error", message });

const refusalOf = ({ method, headers }: RecordedRequest, pathname: string): ApiError | null => {
  if (method !== "POST" || !["/v1/messages", "/v1/messages/count_tokens"].includes(pathname))
    return { status: 404, type: "not_found_error", message: "Not found" };
  if (!headers["x-api-key"] && !headers["authorization"])
    return { status: 401, type: "authentication_error", message: "x-api-key header is required" };
  return headers["anthropic-version"] ? null : invalid("anthropic-version: header is required");
};

const metadataSchema = z.object({ metadata: z.object({ user_id: z.string() }) });

/** Claude Code names its session in a header; other clients may name a user. */
const sessionOf = (headers: RecordedRequest["headers"], body: unknown): string =>
  headers["x-claude-code-session-id"] ?? metadataSchema.safeParse(body).data?.metadata.user_id ?? "anonymous";
