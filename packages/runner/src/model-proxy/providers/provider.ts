import type { IncomingMessage } from "node:http";
import type { Tally } from "../usage/tally.ts";

/** What the agent may ask for. Everything else is refused. */
export type Route =
  /** Costs money: counted, and held against the budget. `path` is appended to the provider's address. */
  | {
      readonly kind: "call";
      readonly path: string;
      readonly model: string | null;
      readonly isStreamed: boolean | null;
    }
  /** Costs nothing. */
  | { readonly kind: "free"; readonly path: string };

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The request as the provider accepts it, or why it cannot be made: an HTTP status and a sentence. */
export type Proven =
  | { readonly kind: "proven"; readonly outgoing: Outgoing }
  | { readonly kind: "failed"; readonly status: number; readonly message: string };

/** One kind of model provider, as the agent's CLI speaks to it. */
export interface Provider {
  /** Where the agent shows the run's token: in its usual header, or as the first part of the path where it has none to spare. */
  readonly tokenIn: "headers" | "path";
  /** @param path without the token and the query. Null: the agent needs it for nothing */
  route(method: string, path: string): Route | null;
  /** @param query with its question mark, or empty. Never rejects */
  prove(request: IncomingMessage, route: Route, query: string, body: Buffer): Promise<Proven>;
  createTally(): Tally;
  /** An error in the provider's own form, so that the CLI knows what to do with it. */
  errorBody(status: number, message: string): unknown;
}
