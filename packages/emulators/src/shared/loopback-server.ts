import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./faults.ts";

/** What a client sent, whole. */
export interface LoopbackRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Lower-case names; a repeated header is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes, as UTF-8. */
  readonly body: string;
  readonly bytes: Uint8Array;
  /** When it arrived, in ms since the epoch. */
  readonly at: number;
}

export interface LoopbackAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty: no body. */
  readonly body: string | Uint8Array;
  /** Called when the last byte has left; not where a fault keeps it back. */
  readonly onSent?: () => void;
}

/** One request as its vendor would handle it, and what is to go wrong with it. */
export interface LoopbackExchange {
  readonly fault: Fault | null;
  /** Does the work; called at most once. */
  readonly act: () => LoopbackAnswer | Promise<LoopbackAnswer>;
  /** The vendor's own way of saying that too much was asked, with a reset that lies `resetMs` ahead. */
  readonly rateLimited: (resetMs: number) => LoopbackAnswer;
}

export interface LoopbackServerOptions {
  /** Called once for each request that arrived whole. One that throws is answered with 500 and the reason. */
  readonly receive: (request: LoopbackRequest) => LoopbackExchange | Promise<LoopbackExchange>;
  /** A free one by default. */
  readonly port?: number;
  /** The work is done at once and answered after this time, in ms. Default 0. */
  readonly latencyMs?: number;
  /** Default 10 MiB; a longer body is answered with 413. */
  readonly maxBodyBytes?: number;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Cuts open connections: a hanging answer holds nothing up. */
  close(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that breaks on command. */
export const startLoopbackServer = async (options: LoopbackServerOptions): Promise<LoopbackServer> => {
  const { receive, latencyMs = 0, maxBodyBytes = 10 * 1024 * 1024 } = options;
  const closed = new AbortController();
  const server = createServer((request, response) => {
    // A client that goes away before the answer is its own business; the work may be done all the same.
    response.on("error", () => response.destroy());
    readBody(request, maxBodyBytes)
      .then(async (body) => {
        if (body === null) return send(response, { status: 413, body: "Payload Too Large" });
        await answer(await receive(arrived(request, body)), response, latencyMs, closed.signal);
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
    close: () =>
      new Promise((resolve, reject) => {
        closed.abort();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};

/** An answer as JSON. */
export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): LoopbackAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value),
});

const answer = async (
  { fault, act, rateLimited }: LoopbackExchange,
  response: ServerResponse,
  latencyMs: number,
  closed: AbortSignal,
): Promise<void> => {
  const reply = async (work: () => LoopbackAnswer | Promise<LoopbackAnswer>, ms = latencyMs) => {
    const done = await work();
    if (ms > 0) await sleep(ms, undefined, { signal: closed });
    send(response, done);
  };
  switch (fault?.kind) {
    case undefined:
      return reply(act);
    case "latency":
      return reply(act, latencyMs + fault.ms);
    case "rate-limited":
      return reply(() => rateLimited(fault.resetMs));
    case "server-error":
      return reply(() => ({ status: fault.status ?? 503, body: "upstream connect error" }));
    case "empty":
      return reply(() => ({ status: 200, body: "" }));
    case "cut-off":
      return reply(async () => cutOff(await act()));
    case "reset-before":
      response.destroy();
      return;
    case "reset-after":
      await act();
      response.destroy();
      return;
    case "hang":
      return;
  }
};

/** Half of the body, said to be all of it: the client gets 200 and JSON that does not parse. */
const cutOff = ({ headers = {}, body }: LoopbackAnswer): LoopbackAnswer => ({
  status: 200,
  headers,
  body: body.slice(0, Math.max(1, Math.floor(body.length / 2))),
});

const send = (response: ServerResponse, { status, headers = {}, body, onSent }: LoopbackAnswer): void => {
  if (onSent !== undefined) response.once("finish", onSent);
  response.writeHead(status, headers);
  response.end(body);
};

/** What an emulator throws is a mistake of its test: said aloud in the answer, so that it is found. */
const fail = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  send(response, { status: 500, body: `the emulator failed: ${String(error)}` });
};

/** Null where it is longer than allowed; it is read to its end all the same, so that the client hears the answer. */
const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
  }
  return size > maxBytes ? null : Buffer.concat(chunks);
};

const arrived = (request: IncomingMessage, bytes: Buffer): LoopbackRequest => ({
  method: request.method ?? "GET",
  path: request.url ?? "/",
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
  body: bytes.toString("utf8"),
  bytes,
  at: Date.now(),
});
