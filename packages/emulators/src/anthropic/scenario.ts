import type { Turn } from "./turn.ts";

/** What the model answers. A function of the turn and of what came before it, so that a test reads as a script. */
export type Scenario = (turn: Turn) => Reply;

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface MessageReply {
  readonly kind: "message";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** By default `tool_use` with tool calls and `end_turn` without. */
  readonly stopReason?: "max_tokens" | "stop_sequence" | "pause_turn";
  /** Pause before each event of the stream, in ms. */
  readonly pauseMs?: number;
}

export type Reply =
  | MessageReply
  | { readonly kind: "refusal"; readonly explanation: string }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    }
  /** Accepts the request and never answers. */
  | { readonly kind: "hang" }
  /** Starts to stream and then cuts the connection, or sends an `error` event, or a line that is not JSON. */
  | { readonly kind: "broken-stream"; readonly by: "reset" | "error-event" | "malformed-event" };

export const say = (text: string): MessageReply => ({ kind: "message", text, toolCalls: [] });

/** One or more tools at once, as the model does for independent calls. */
export const call = (...toolCalls: readonly ToolCall[]): MessageReply => ({
  kind: "message",
  text: "",
  toolCalls,
});

export const read = (path: string): ToolCall => ({ name: "Read", input: { file_path: path } });
export const write = (path: string, content: string): ToolCall => ({
  name: "Write",
  input: { file_path: path, content },
});
export const edit = (path: string, before: string, after: string): ToolCall => ({
  name: "Edit",
  input: { file_path: path, old_string: before, new_string: after },
});
export const bash = (command: string): ToolCall => ({ name: "Bash", input: { command } });
export const glob = (pattern: string): ToolCall => ({ name: "Glob", input: { pattern } });

/** The tool by which Claude Code takes an answer that fits `--json-schema`. */
export const answer = (value: Readonly<Record<string, unknown>>): MessageReply =>
  call({ name: "StructuredOutput", input: value });

/** The model ran into `max_tokens` in the middle of its text. */
export const cutShort = (text: string): MessageReply => ({ ...say(text), stopReason: "max_tokens" });

export const slowly = (pauseMs: number, reply: MessageReply): MessageReply => ({ ...reply, pauseMs });

export const refusal = (explanation = "This request was declined."): Extract<Reply, { kind: "refusal" }> => ({
  kind: "refusal",
  explanation,
});

export const rateLimited = (retryAfterSeconds: number): Reply => ({
  kind: "error",
  status: 429,
  type: "rate_limit_error",
  message: "This request would exceed your organization's rate limit.",
  retryAfterSeconds,
});

export const overloaded = (): Reply => ({
  kind: "error",
  status: 529,
  type: "overloaded_error",
  message: "Overloaded",
});

export const unauthorised = (): Reply => ({
  kind: "error",
  status: 401,
  type: "authentication_error",
  message: "invalid x-api-key",
});

/** How the vendor says that the account is empty: an invalid request, not 402. */
export const outOfCredit = (): Reply => ({
  kind: "error",
  status: 400,
  type: "invalid_request_error",
  message: "Your credit balance is too low to access the Anthropic API.",
});

export const hang = (): Reply => ({ kind: "hang" });
export const resetMidStream = (): Reply => ({ kind: "broken-stream", by: "reset" });
export const overloadedMidStream = (): Reply => ({ kind: "broken-stream", by: "error-event" });
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

/** A scenario per ticket, found by the identifier that the user named first. */
export const byTicket =
  (scenarios: Readonly<Record<string, Scenario>>): Scenario =>
  (turn) => {
    const named = Object.entries(scenarios)
      .map(([identifier, scenario]) => ({ at: firstMention(turn.conversation, identifier), scenario }))
      .filter(({ at }) => at !== -1)
      .sort((a, b) => a.at - b.at);
    return named[0]?.scenario(turn) ?? say("None of the scripted tickets is named in this prompt.");
  };

/** `DEMO-1` is not named by `DEMO-10`. */
const firstMention = (text: string, identifier: string): number => {
  for (let at = text.indexOf(identifier); at !== -1; at = text.indexOf(identifier, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + identifier.length] ?? "";
    if (!/[\w-]/.test(before) && !/\w/.test(after)) return at;
  }
  return -1;
};
