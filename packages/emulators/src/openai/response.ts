import type { MessageReply, Reply, ToolCall } from "./scenario.ts";

/** Identity and price of one answer, given by the server. */
export interface Envelope {
  readonly id: string;
  readonly model: string;
  readonly inputTokens: number;
  /** Of `inputTokens`. */
  readonly cachedTokens: number;
  /** The model runs its tools from JavaScript, by the one tool `exec`. */
  readonly codeMode: boolean;
}

export type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>;
type Part =
  | { readonly type: "output_text"; readonly text: string; readonly annotations: readonly never[] }
  | { readonly type: "refusal"; readonly refusal: string };
interface CallItem {
  readonly id: string;
  readonly call_id: string;
  readonly status: "completed";
  readonly name: string;
}
type OutputItem =
  | {
      readonly type: "message";
      readonly id: string;
      readonly status: "completed";
      readonly role: "assistant";
      readonly content: readonly [Part];
    }
  | (CallItem & { readonly type: "function_call"; readonly arguments: string })
  | (CallItem & { readonly type: "custom_tool_call"; readonly input: string });
type Answered = Extract<Reply, { kind: "message" | "refusal" | "failed" | "incomplete" }>;

/** Four characters to the token: near enough to the vendor's tokeniser, and the same on every run. */
export const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value ?? "").length / 4);

/** The answer as one JSON document, for `stream: false`. */
export const responseOf = (reply: Answered, envelope: Envelope): Readonly<Record<string, unknown>> => {
  const output = outputOf(reply, envelope);
  return { ...bare(envelope, statusOf(reply)), output, ...endOf(reply), usage: usageOf(envelope, output) };
};

/**
 * The answer as the events of a stream, in the vendor's order. Text, arguments and input come in pieces, so that a
 * client which does not join them is found out.
 */
export const eventsOf = (reply: Answered, envelope: Envelope): readonly StreamEvent[] =>
  [
    { type: "response.created", response: bare(envelope, "in_progress") },
    { type: "response.in_progress", response: bare(envelope, "in_progress") },
    ...outputOf(reply, envelope).flatMap(itemEvents),
    { type: `response.${statusOf(reply)}`, response: responseOf(reply, envelope) },
  ].map((event, index) => ({ ...event, sequence_number: index }));

const statusOf = ({ kind }: Answered): "completed" | "failed" | "incomplete" =>
  kind === "failed" || kind === "incomplete" ? kind : "completed";

const bare = ({ id, model }: Envelope, status: string) => ({
  id,
  object: "response",
  status,
  model,
  output: [],
  error: null,
  incomplete_details: null,
  usage: null,
});

const endOf = (reply: Answered) => {
  if (reply.kind === "failed") return { error: { code: reply.code, message: reply.message } };
  return reply.kind === "incomplete" ? { incomplete_details: { reason: reply.reason } } : {};
};

const usageOf = ({ inputTokens, cachedTokens }: Envelope, output: readonly OutputItem[]) => ({
  input_tokens: inputTokens,
  input_tokens_details: { cached_tokens: cachedTokens },
  output_tokens: tokensOf(output),
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: inputTokens + tokensOf(output),
});

const outputOf = (reply: Answered, envelope: Envelope): readonly OutputItem[] => {
  switch (reply.kind) {
    case "refusal":
      return [message(envelope, { type: "refusal", refusal: reply.explanation })];
    case "message":
      return messageItems(reply, envelope);
    case "failed":
    case "incomplete":
      return [];
  }
};

const messageItems = ({ text, toolCalls }: MessageReply, envelope: Envelope): readonly OutputItem[] => {
  const calls = toolCalls.map((toolCall, index) =>
    callItem(toolCall, `${envelope.id}_${index}`, envelope.codeMode),
  );
  return text === "" ? calls : [message(envelope, { type: "output_text", text, annotations: [] }), ...calls];
};

const message = ({ id }: Envelope, part: Part): OutputItem => ({
  type: "message",
  id: `msg_${id}`,
  status: "completed",
  role: "assistant",
  content: [part],
});

const callItem = (toolCall: ToolCall, name: string, codeMode: boolean): OutputItem => {
  if (codeMode) return customCall(name, "exec", scriptFor(toolCall));
  if (toolCall.kind === "patch") return customCall(name, "apply_patch", toolCall.patch);
  return {
    type: "function_call",
    id: `fc_${name}`,
    call_id: `call_${name}`,
    status: "completed",
    name: "exec_command",
    arguments: JSON.stringify({ cmd: toolCall.command }),
  };
};

const customCall = (id: string, name: string, input: string): OutputItem => ({
  type: "custom_tool_call",
  id: `ctc_${id}`,
  call_id: `call_${id}`,
  status: "completed",
  name,
  input,
});

const scriptFor = (toolCall: ToolCall): string =>
  toolCall.kind === "patch"
    ? `text(await tools.apply_patch(${JSON.stringify(toolCall.patch)}));`
    : `text(JSON.stringify(await tools.exec_command(${JSON.stringify({ cmd: toolCall.command })})));`;

const itemEvents = (item: OutputItem, index: number): readonly StreamEvent[] => {
  const place = { item_id: item.id, output_index: index };
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { ...emptied(item), status: "in_progress" },
    },
    ...pieceEvents(item).map((event) => ({ ...event, ...place })),
    { type: "response.output_item.done", output_index: index, item },
  ];
};

/** An item arrives without what is streamed afterwards. */
const emptied = (item: OutputItem) => {
  switch (item.type) {
    case "message":
      return { ...item, content: [] };
    case "function_call":
      return { ...item, arguments: "" };
    case "custom_tool_call":
      return { ...item, input: "" };
  }
};

const pieceEvents = (item: OutputItem): readonly StreamEvent[] => {
  switch (item.type) {
    case "message":
      return partEvents(item.content[0]).map((event) => ({ ...event, content_index: 0 }));
    case "function_call":
      return streamed("response.function_call_arguments", "arguments", item.arguments);
    case "custom_tool_call":
      return streamed("response.custom_tool_call_input", "input", item.input);
  }
};

const partEvents = (part: Part): readonly StreamEvent[] =>
  part.type === "output_text"
    ? [
        { type: "response.content_part.added", part: { ...part, text: "" } },
        ...streamed("response.output_text", "text", part.text),
        { type: "response.content_part.done", part },
      ]
    : [
        { type: "response.content_part.added", part: { ...part, refusal: "" } },
        ...streamed("response.refusal", "refusal", part.refusal),
        { type: "response.content_part.done", part },
      ];

const streamed = (name: string, field: string, whole: string): readonly StreamEvent[] => [
  ...pieces(whole).map((delta) => ({ type: `${name}.delta`, delta })),
  { type: `${name}.done`, [field]: whole },
];

/** At most eight pieces, cut at code points. */
const pieces = (text: string): readonly string[] => {
  const points = [...text];
  const size = Math.max(1, Math.ceil(points.length / 8));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(""),
  );
};
