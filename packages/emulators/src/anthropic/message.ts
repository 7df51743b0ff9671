import type { MessageReply, Reply } from "./scenario.ts";
import { type TokenUsage, tokensOf } from "./usage.ts";

/** Identity and price of one answer, given by the server. */
export interface Envelope {
  readonly id: string;
  readonly model: string;
  readonly usage: TokenUsage;
}

type ContentBlock =
  | { readonly type: "text"; readonly text: string; readonly citations: null }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
      readonly caller: { readonly type: "direct" };
    };

type Answered = Extract<Reply, { kind: "message" | "refusal" }>;

export type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The answer as one JSON document, for `stream: false`. */
export const messageOf = (reply: Answered, envelope: Envelope): Readonly<Record<string, unknown>> => {
  const content = contentOf(reply, envelope.id);
  return { ...emptyMessage(envelope, tokensOf(content)), content, ...endOf(reply) };
};

/**
 * The answer as the events of a stream, in the vendor's order. Text and tool input come in pieces, so that a client
 * which does not join them is found out.
 */
export const eventsOf = (reply: Answered, envelope: Envelope): readonly StreamEvent[] => {
  const content = contentOf(reply, envelope.id);
  return [
    { type: "message_start", message: emptyMessage(envelope, 1) },
    ...content.flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { ...endOf(reply), container: null },
      usage: deltaUsage(envelope, content),
    },
    { type: "message_stop" },
  ];
};

const contentOf = (reply: Answered, id: string): readonly ContentBlock[] => {
  if (reply.kind === "refusal") return [];
  const { text, toolCalls } = reply;
  const calls = toolCalls.map(({ name, input }, index): ContentBlock => {
    const callId = `toolu_${id.slice("msg_".length)}_${index}`;
    return { type: "tool_use", id: callId, name, input, caller: { type: "direct" } };
  });
  return text === "" ? calls : [{ type: "text", text, citations: null }, ...calls];
};

const blockEvents = (block: ContentBlock, index: number): readonly StreamEvent[] => {
  const opening = block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
  const deltas =
    block.type === "text"
      ? pieces(block.text).map((text) => ({ type: "text_delta", text }))
      : pieces(JSON.stringify(block.input)).map((json) => ({ type: "input_json_delta", partial_json: json }));
  return [
    { type: "content_block_start", index, content_block: opening },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
};

/** At most eight pieces, cut at code points. */
const pieces = (text: string): readonly string[] => {
  const points = [...text];
  const size = Math.max(1, Math.ceil(points.length / 8));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(""),
  );
};

const endOf = (reply: Answered) =>
  reply.kind === "refusal"
    ? {
        stop_reason: "refusal",
        stop_sequence: null,
        stop_details: { type: "refusal", category: null, explanation: reply.explanation },
      }
    : { stop_reason: stopReason(reply), stop_sequence: null, stop_details: null };

const stopReason = ({ stopReason: given, toolCalls }: MessageReply): string =>
  given ?? (toolCalls.length > 0 ? "tool_use" : "end_turn");

const emptyMessage = ({ id, model, usage }: Envelope, outputTokens: number) => ({
  id,
  type: "message",
  role: "assistant",
  model,
  content: [],
  container: null,
  diagnostics: null,
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  usage: {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens,
      ephemeral_1h_input_tokens: 0,
    },
    output_tokens: outputTokens,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: "not_available",
    speed: null,
  },
});

const deltaUsage = ({ usage }: Envelope, content: readonly ContentBlock[]) => ({
  input_tokens: usage.inputTokens,
  cache_creation_input_tokens: usage.cacheWriteTokens,
  cache_read_input_tokens: usage.cacheReadTokens,
  output_tokens: tokensOf(content),
  output_tokens_details: null,
  server_tool_use: null,
});
