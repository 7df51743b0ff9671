import type { ServerResponse } from "node:http";
import { type Envelope, eventsOf, responseOf, type StreamEvent } from "./response.ts";
import { type Reply, say } from "./scenario.ts";

export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param?: string | null;
}

/** Writes a reply in the vendor's form. For a hang, nothing. */
export const respond = (
  response: ServerResponse,
  reply: Reply,
  envelope: Envelope,
  stream: boolean,
): void => {
  switch (reply.kind) {
    case "hang":
      return;
    case "error":
      respondError(response, reply);
      return;
    case "broken-stream":
      breakStream(response, reply.by, envelope);
      return;
    case "message":
    case "refusal":
    case "failed":
    case "incomplete":
      if (stream) sendStream(response, eventsOf(reply, envelope));
      else respondJson(response, 200, responseOf(reply, envelope));
  }
};

export const respondError = (
  response: ServerResponse,
  { status, type, code, message, param = null }: ApiError,
): void => respondJson(response, status, { error: { message, type, param, code } });

export const respondJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const sendStream = (response: ServerResponse, events: readonly StreamEvent[]): void => {
  startStream(response);
  for (const event of events) sendEvent(response, event);
  response.end();
};

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
const breakStream = (response: ServerResponse, by: "reset" | "malformed-event", envelope: Envelope): void => {
  startStream(response);
  for (const event of eventsOf(say("This answer will not be finished."), envelope).slice(0, 5))
    sendEvent(response, event);
  if (by === "malformed-event") {
    response.write('event: response.output_text.delta\ndata: {"type":"response.output_text.del\n\n');
    response.end();
    return;
  }
  // The pieces have to leave the machine first: what is still buffered would be lost with the connection.
  response.write("", () => response.socket?.resetAndDestroy());
};
