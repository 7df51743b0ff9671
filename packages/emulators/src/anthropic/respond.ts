import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Envelope, eventsOf, messageOf, type StreamEvent } from "./message.ts";
import { type Reply, say } from "./scenario.ts";

/** Writes a reply in the vendor's form. Resolves when nothing more will be written: for a hang, at once. */
export const respond = async (
  response: ServerResponse,
  reply: Reply,
  envelope: Envelope,
  stream: boolean,
): Promise<void> => {
  switch (reply.kind) {
    case "hang":
      return;
    case "error":
      return respondError(response, reply);
    case "broken-stream":
      return breakStream(response, reply.by, envelope);
    case "message":
    case "refusal":
      if (!stream) return respondJson(response, 200, messageOf(reply, envelope));
      startStream(response);
      for (const event of eventsOf(reply, envelope)) {
        if (reply.kind === "message" && reply.pauseMs !== undefined) await sleep(reply.pauseMs);
        if (response.destroyed) return;
        sendEvent(response, event);
        if (event.type === "message_start") sendEvent(response, { type: "ping" });
      }
      response.end();
  }
};

export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export const respondError = (response: ServerResponse, error: ApiError): void => {
  if (error.retryAfterSeconds !== undefined) response.setHeader("retry-after", error.retryAfterSeconds);
  respondJson(response, error.status, errorBody(error, String(response.getHeader("request-id"))));
};

export const respondJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const errorBody = ({ type, message }: Pick<ApiError, "type" | "message">, requestId: string) => ({
  type: "error",
  error: { type, message },
  request_id: requestId,
});

const startStream = (response: ServerResponse): void => {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
};

const sendEvent = (response: ServerResponse, event: StreamEvent): void => {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
};

/** The beginning of an answer that never ends well. */
const breakStream = (
  response: ServerResponse,
  by: Extract<Reply, { kind: "broken-stream" }>["by"],
  envelope: Envelope,
): void => {
  startStream(response);
  const whole = eventsOf(say("This answer will not be finished."), envelope);
  for (const event of whole.slice(0, 4)) sendEvent(response, event);
  switch (by) {
    case "reset":
      // The pieces have to leave the machine first: what is still buffered would be lost with the connection.
      response.write("", () => response.socket?.resetAndDestroy());
      return;
    case "error-event":
      sendEvent(response, errorBody({ type: "overloaded_error", message: "Overloaded" }, envelope.id));
      response.end();
      return;
    case "malformed-event":
      response.write('event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n');
      response.end();
  }
};
