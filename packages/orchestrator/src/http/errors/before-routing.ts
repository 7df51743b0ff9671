import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerTo } from "./answer.ts";

/** A URL that cannot be decoded or routed: no route, so no hook and no error handler has run. */
export const answerFrameworkError = (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
  const { status, body } = answerTo(error);
  reply.code(status).header("x-request-id", request.id).send(body);
};

/** Bytes that are not HTTP, or too many of them: there is only a socket to answer on. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  // The peer is gone already: there is nobody to answer.
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const { status, sentence } = clientError(error.code);
  const body = JSON.stringify({ error: sentence });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  // Once that is flushed, without waiting for a peer that may go on sending for ever.
  socket.destroySoon();
};

const clientError = (code: string | undefined): { readonly status: number; readonly sentence: string } => {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, sentence: "The request took too long to arrive." };
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, sentence: "The headers are too large." };
    default:
      return { status: 400, sentence: "This is not an HTTP request." };
  }
};
