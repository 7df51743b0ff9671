import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ModelProvider {
  readonly url: string;
  close(): Promise<void>;
}

/** Anthropic's answers without Anthropic's time: as soon as the request is there, the stream begins. */
export const startModelProvider = async (): Promise<ModelProvider> => {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const delta = { type: "text_delta", text: "one piece of an answer" };
const events = [
  { type: "message_start", message: { usage: { input_tokens: 50_000, output_tokens: 1 } } },
  ...Array.from({ length: 50 }, () => ({ type: "content_block_delta", index: 0, delta })),
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 300 } },
  { type: "message_stop" },
];
