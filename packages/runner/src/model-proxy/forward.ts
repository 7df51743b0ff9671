import {
  type Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import { answerHeaders } from "./headers.ts";
import type { Outgoing } from "./providers/provider.ts";

export interface Patience {
  /** Until the provider begins to answer, and between two pieces of its answer; in ms. */
  readonly silenceMs: number;
}

/** Nothing came back. */
export class NoAnswer extends Error {
  readonly status: 502 | 504;
  /** False: nobody was there to hear it. */
  readonly wasSent: boolean;
  constructor(message: string, status: 502 | 504, wasSent: boolean) {
    super(message);
    this.status = status;
    this.wasSent = wasSent;
  }
}

/** Sends the request. @throws NoAnswer */
export const send = (
  { method, url, headers, body }: Outgoing,
  agents: { readonly http: HttpAgent; readonly https: HttpAgent },
  { silenceMs }: Patience,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isPlain = url.protocol === "http:";
    const start = isPlain ? requestHttp : requestHttps;
    const options = { method, headers: { ...headers, "content-length": body.length }, signal };
    const request = start(url, { ...options, agent: isPlain ? agents.http : agents.https });
    let isConnected = false;
    let isTooLate = false;
    request.setTimeout(silenceMs, () => {
      isTooLate = true;
      request.destroy(new Error(`it was silent for ${silenceMs / 1_000} s`));
    });
    request.once("socket", (socket) => {
      whenConnected(socket, () => {
        isConnected = true;
      });
    });
    request.once("response", resolve);
    // It stays: a connection that breaks later is told to the answer, and to the request too.
    request.on("error", (error: NodeJS.ErrnoException) =>
      reject(new NoAnswer(error.code ?? error.message, isTooLate ? 504 : 502, isConnected)),
    );
    request.end(body);
  });

const whenConnected = (socket: Socket, then: () => void): void => {
  if (socket instanceof TLSSocket && (socket.connecting || !socket.authorized))
    socket.once("secureConnect", then);
  else if (socket.connecting) socket.once("connect", then);
  else then();
};

/**
 * Passes the answer on as it comes, no faster than the agent takes it. An answer that breaks off breaks off for the agent
 * too. @throws Error when it does, or when the agent goes away
 */
export const passOn = async (
  answer: IncomingMessage,
  response: ServerResponse,
  onChunk: (chunk: Buffer) => void,
): Promise<void> => {
  response.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
  response.flushHeaders();
  const along = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // Before the agent has it: when the agent is done, so is the count.
      onChunk(chunk);
      done(null, chunk);
    },
  });
  await pipeline(answer, along, response);
};
