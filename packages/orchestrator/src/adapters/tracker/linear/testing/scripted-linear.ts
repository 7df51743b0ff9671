import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Tracker } from "../../../../ports/tracker.ts";
import { createLinearTracker, type LinearTrackerOptions } from "../linear-tracker.ts";

const requestSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
export type ScriptedRequest = z.infer<typeof requestSchema>;

export interface Reply {
  readonly status: number;
  /** A string goes out as it is, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says what Linear's emulator cannot be made to say. */
export interface ScriptedLinear {
  readonly tracker: Tracker;
  /** How many requests came. */
  count(): number;
  close(): Promise<void>;
}

export const openScripted = async (
  respond: (request: ScriptedRequest) => Reply,
  options: Partial<LinearTrackerOptions> = {},
): Promise<ScriptedLinear> => {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((received) => {
      count += 1;
      const { status, body, headers = {} } = respond(requestSchema.parse(JSON.parse(received)));
      outgoing
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const tracker = createLinearTracker({
    apiKey: "lin_api_test",
    apiUrl: `http://127.0.0.1:${address.port}/graphql`,
    workspaceUrl: "https://linear.app",
    clock: { now: () => Date.now() },
    gate: { retries: 0 },
    ...options,
  });
  return {
    tracker,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
