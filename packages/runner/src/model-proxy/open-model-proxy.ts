import { randomBytes } from "node:crypto";
import { createServer, Agent as HttpAgent, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AddressInfo } from "node:net";
import type { PriceTable } from "@ai-implement/contracts";
import { firstPart, isToken, tokenInHeaders } from "./access.ts";
import { handleVisit, type Line, type Refuse } from "./handle-call.ts";
import type { ModelProxy } from "./model-proxy.ts";
import { createPriceOf } from "./prices.ts";
import type { Provider } from "./providers/provider.ts";
import { providerOf } from "./providers/provider-of.ts";
import { createMeter, type Meter } from "./session-meter.ts";
import type { Upstream } from "./upstream.ts";

export type { Upstream } from "./upstream.ts";

export interface ModelProxyOptions {
  readonly upstream: Upstream;
  /** The operator's, which count before the built-in ones. */
  readonly prices: PriceTable;
  readonly log: (line: string) => void;
  /** For how long the provider may be silent, in ms. Default 10 min, which is how long the CLIs wait too. */
  readonly silenceMs?: number;
  /** Of one request. Default 64 MiB, twice what Anthropic takes. */
  readonly maxBodyBytes?: number;
}

const maxConnections = 256;
const maxVisits = 64;
const maxBodiesBytes = 256 * 1024 * 1024;
const bodyTimeoutMs = 120_000;
const headersTimeoutMs = 20_000;
/** Longer than the agent thinks between two calls, as a rule: a connection that goes just as it is used costs a retry. */
const idleTimeoutMs = 120_000;

/**
 * Listens on loopback until it is closed. It never logs, and never shows the agent, the credential it holds.
 * @throws Error where no port can be had
 */
export const openModelProxy = async (options: ModelProxyOptions): Promise<ModelProxy> => {
  const { upstream, prices, log, silenceMs = 600_000, maxBodyBytes = 64 * 1024 * 1024 } = options;
  const provider = providerOf(upstream);
  const priceOf = createPriceOf(prices);
  const token = randomBytes(32).toString("hex");
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const bodies = { taken: 0, max: Math.max(maxBodiesBytes, maxBodyBytes) };
  const line: Line = { provider, agents, patience: { silenceMs }, maxBodyBytes, bodies, log };
  const open: { meter: Meter | null } = { meter: null };
  const desk = createDesk(line, token, () => open.meter);
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: bodyTimeoutMs, keepAliveTimeout: idleTimeoutMs },
    desk.receive,
  );
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // A connection that cannot be accepted is the agent's trouble, and no reason to end the run.
  server.on("error", (error) => log(`Model proxy: ${error.message}`));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: provider.tokenIn === "path" ? `${origin}/${token}` : origin,
    token,
    open: (budgetUsd) => {
      open.meter = createMeter(budgetUsd, priceOf);
      return open.meter;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      agents.http.destroy();
      agents.https.destroy();
      if (desk.turnedAway() > 0)
        log(
          `Model proxy: ${desk.turnedAway()} requests were turned away: no token, or nothing the agent needs.`,
        );
    },
  };
};

/** Lets in what may come in. */
const createDesk = (line: Line, token: string, meterNow: () => Meter | null) => {
  const { provider, log } = line;
  let visits = 0;
  let turnedAway = 0;

  const turnAway = (refuse: Refuse, status: number, message: string): void => {
    turnedAway += 1;
    refuse(status, message);
  };

  const visit = async (request: IncomingMessage, response: ServerResponse, refuse: Refuse): Promise<void> => {
    const { path, query, isLetIn } = addressOf(request, provider, token);
    // How the CLI finds out whether anybody is there. It tells nothing, and goes no further.
    if (request.method === "HEAD" && (path === "/" || path === "")) return void response.writeHead(200).end();
    if (!isLetIn) return turnAway(refuse, 401, "The token of this run is missing or wrong.");
    const route = provider.route(request.method ?? "", path);
    if (route === null) return turnAway(refuse, 404, "This is nothing that the agent needs of its model.");
    const meter = meterNow();
    if (meter === null) return turnAway(refuse, 403, "No session of the agent is open.");
    if (visits >= maxVisits) return refuse(429, "Too many requests are under way.");
    visits += 1;
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      await handleVisit(line, { request, response, route, query, meter, refuse, signal: left.signal });
    } finally {
      visits -= 1;
    }
  };

  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    // A connection that breaks is seen where it is read and written.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const refuse = refuseWith(provider, request, response);
    visit(request, response, refuse).catch((error: unknown) => {
      if (response.destroyed || response.writableFinished) return;
      if (response.headersSent) return void response.destroy();
      log(`Model proxy: a request failed: ${error instanceof Error ? error.message : "unknown"}`);
      refuse(500, "The model proxy failed.");
    });
  };

  return { receive, turnedAway: () => turnedAway };
};

const addressOf = (request: IncomingMessage, { tokenIn }: Provider, token: string) => {
  const [whole = "", ...rest] = (request.url ?? "").split("?");
  const query = rest.length === 0 ? "" : `?${rest.join("?")}`;
  if (tokenIn === "headers")
    return { path: whole, query, isLetIn: isToken(tokenInHeaders(request.headers), token) };
  const [given, path] = firstPart(whole);
  return { path, query, isLetIn: isToken(given, token) };
};

/** What is left of the request is read and dropped, within the time that a request may take. */
const refuseWith =
  (provider: Provider, request: IncomingMessage, response: ServerResponse): Refuse =>
  (status, message) => {
    if (response.headersSent || response.destroyed) return void response.destroy();
    const body = JSON.stringify(provider.errorBody(status, message));
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(status === 429 ? { "retry-after": "1" } : {}),
    });
    response.end(body);
    request.resume();
  };
