import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

export interface FakeProvider {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** How many connections were made to it. */
  connections(): number;
  close(): Promise<void>;
}

/** A provider on loopback that answers as the test says, byte by byte where it likes. */
export const startFakeProvider = async (answer: Answer): Promise<FakeProvider> => {
  const requests: SeenRequest[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    response.on("error", () => response.destroy());
    const answered = async (): Promise<void> => {
      const seen = await seenOf(request);
      requests.push(seen);
      await answer(response, seen);
    };
    answered().catch(() => response.destroy());
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const seenOf = async (request: IncomingMessage): Promise<SeenRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") };
};

export const answerJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

/** One event of a stream, as Anthropic and OpenAI send them. */
export const eventText = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

export interface Figures {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

/** A short answer of Anthropic's, as its events. */
export const messageEvents = ({ input, output, cacheRead = 0, cacheWrite = 0 }: Figures) => [
  {
    type: "message_start",
    message: {
      type: "message",
      usage: {
        input_tokens: input,
        cache_read_input_tokens: cacheRead,
        cache_creation_input_tokens: cacheWrite,
        output_tokens: 1,
      },
    },
  },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: 'says "usage"' } },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: output } },
  { type: "message_stop" },
];

/** Answers every call with the same use. */
export const streaming =
  (figures: Figures): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.end(messageEvents(figures).map(eventText).join(""));
  };
