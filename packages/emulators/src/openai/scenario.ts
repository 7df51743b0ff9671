import type { Turn } from "./turn.ts";

/** What the model answers. A function of the turn and of what came before it, so that a test reads as a script. */
export type Scenario = (turn: Turn) => Reply;

/** What Codex offers to its models, whichever way a model is offered it. */
export type ToolCall =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "patch"; readonly patch: string };

export interface MessageReply {
  readonly kind: "message";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

export type Reply =
  | MessageReply
  /** The model declines in its own words. */
  | { readonly kind: "refusal"; readonly explanation: string }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly type: string;
      readonly code: string | null;
      readonly message: string;
    }
  /** Accepted, and then it fails: said in the stream. */
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "incomplete"; readonly reason: "max_output_tokens" | "content_filter" }
  /** Accepts the request and never answers. */
  | { readonly kind: "hang" }
  /** Starts to stream and then cuts the connection, or sends a line that is not JSON. */
  | { readonly kind: "broken-stream"; readonly by: "reset" | "malformed-event" };

export const say = (text: string): MessageReply => ({ kind: "message", text, toolCalls: [] });

/** One or more tools at once. */
export const call = (...toolCalls: readonly ToolCall[]): MessageReply => ({
  kind: "message",
  text: "",
  toolCalls,
});

export const run = (command: string): ToolCall => ({ kind: "command", command });

/** The file as a whole, whether there is one already or not. */
export const write = (path: string, content: string): ToolCall => ({
  kind: "patch",
  patch: [
    "*** Begin Patch",
    `*** Add File: ${path}`,
    ...content
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => `+${line}`),
    "*** End Patch",
    "",
  ].join("\n"),
});

/** An answer in the form that was asked for. */
export const answer = (value: Readonly<Record<string, unknown>>): MessageReply => say(JSON.stringify(value));

export const refusal = (explanation = "I cannot help with that."): Reply => ({
  kind: "refusal",
  explanation,
});
export const cutShort = (): Reply => ({ kind: "incomplete", reason: "max_output_tokens" });
export const filtered = (): Reply => ({ kind: "incomplete", reason: "content_filter" });

export const unauthorised = (): Reply => ({
  kind: "error",
  status: 401,
  type: "invalid_request_error",
  code: "invalid_api_key",
  message: "Incorrect API key provided.",
});

export const rateLimited = (): Reply => ({
  kind: "error",
  status: 429,
  type: "requests",
  code: "rate_limit_exceeded",
  message: "Rate limit reached for requests.",
});

export const outOfCredit = (): Reply => ({
  kind: "error",
  status: 429,
  type: "insufficient_quota",
  code: "insufficient_quota",
  message: "You exceeded your current quota, please check your plan and billing details.",
});

export const overloaded = (): Reply => ({
  kind: "error",
  status: 503,
  type: "server_error",
  code: "server_is_overloaded",
  message: "The engine is currently overloaded, please try again later.",
});

export const rateLimitedMidStream = (): Reply => ({
  kind: "failed",
  code: "rate_limit_exceeded",
  message: "Rate limit reached.",
});

export const hang = (): Reply => ({ kind: "hang" });
export const resetMidStream = (): Reply => ({ kind: "broken-stream", by: "reset" });
export const malformedEvent = (): Reply => ({ kind: "broken-stream", by: "malformed-event" });

/** The same reply whatever is asked. */
export const always =
  (reply: Reply): Scenario =>
  () =>
    reply;

/** One reply per request of the session, in order; the last one goes on. A client's retry takes the next one. */
export const inOrder =
  (first: Reply, ...others: readonly Reply[]): Scenario =>
  ({ call: index }) =>
    [first, ...others][Math.min(index, others.length)] ?? first;
