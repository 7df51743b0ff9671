import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseResponsesRequest } from "./request.ts";
import { type ApiError, respond, respondError, respondJson } from "./respond.ts";
import { tokensOf } from "./response.ts";
import type { Scenario } from "./scenario.ts";
import { turnOf } from "./turn.ts";

/** What a client sent, as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `null` without a body or where it is not JSON. */
  readonly body: unknown;
}

export interface OpenaiEmulator {
  /** For `OPENAI_BASE_URL`: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** Oldest first; the last 10,000. */
  requests(): readonly RecordedRequest[];
  /** Cuts open connections: a hanging answer holds nothing up. */
  close(): Promise<void>;
}

export interface OpenaiEmulatorOptions {
  readonly scenario: Scenario;
  /** A free one by default. */
  readonly port?: number;
  /** What `GET /v1/models` lists. */
  readonly models?: readonly string[];
}

const maxBodyBytes = 32 * 1024 * 1024;
const maxRecorded = 10_000;

/** The OpenAI Responses API on loopback, answered by a script. It refuses what the vendor is known to refuse. */
export const startOpenaiEmulator = async (options: OpenaiEmulatorOptions): Promise<OpenaiEmulator> => {
  const recorded: RecordedRequest[] = [];
  const answer = responsesApi(options);
  const server = createServer((request, response) => {
    response.setHeader("x-request-id", `req_${recorded.length + 1}`);
    receive(request)
      .then(async (received) => {
        recorded.push(received);
        if (recorded.length > maxRecorded) recorded.shift();
        await answer(received, response);
      })
      .catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: () => [...recorded],
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};

/** A scenario that throws is a mistake of the test: said aloud in the answer, so that it is found. */
const fail = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  respondError(response, {
    status: 500,
    type: "server_error",
    code: null,
    message: `the scenario failed: ${String(error)}`,
  });
};

const receive = async (request: IncomingMessage): Promise<RecordedRequest> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size <= maxBodyBytes) chunks.push(bytes);
  }
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: Object.fromEntries(headers),
    // A longer body is refused as one that is not JSON.
    body: size > maxBodyBytes ? null : parseJson(Buffer.concat(chunks).toString("utf8")),
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

/** The vendor caches prefixes from this size on, in steps. */
const leastCached = 1024;
const cacheStep = 128;

const responsesApi = ({ scenario, models = [] }: OpenaiEmulatorOptions): Answer => {
  const sessions = new Map<string, SessionState>();
  let answers = 0;

  const create: Answer = ({ body }, response) => {
    const parsed = parseResponsesRequest(body);
    if (parsed.kind === "invalid")
      return respondError(response, { status: 400, type: "invalid_request_error", ...parsed.refusal });
    const { request } = parsed;
    const name = request.prompt_cache_key ?? "anonymous";
    const session = sessions.get(name) ?? { calls: 0, lastTokens: 0 };
    sessions.set(name, session);
    const turn = turnOf(request, name, session.calls);
    const inputTokens = tokensOf([request.input, request.tools]);
    const known = Math.min(session.lastTokens, inputTokens);
    answers += 1;
    session.calls += 1;
    session.lastTokens = inputTokens;
    const envelope = {
      id: String(answers).padStart(6, "0"),
      model: request.model,
      inputTokens,
      cachedTokens: known < leastCached ? 0 : known - (known % cacheStep),
      codeMode: turn.tools.has("exec"),
    };
    return respond(response, scenario(turn), envelope, request.stream === true);
  };

  return (request, response) => {
    const { pathname } = new URL(request.path, "http://loopback");
    if (!/^Bearer \S+$/.test(request.headers["authorization"] ?? "")) return respondError(response, noKey);
    if (request.method === "POST" && pathname === "/v1/responses") return create(request, response);
    if (request.method === "GET" && pathname === "/v1/models")
      return respondJson(response, 200, {
        object: "list",
        data: models.map((id) => ({ id, object: "model", created: 0, owned_by: "system" })),
      });
    return respondError(response, {
      status: 404,
      type: "invalid_request_error",
      code: null,
      message: `Invalid URL (${request.method} ${pathname})`,
    });
  };
};

const noKey: ApiError = {
  status: 401,
  type: "invalid_request_error",
  code: null,
  message: "You didn't provide an API key.",
};
