import { z } from "zod";

/** The fields of a Messages API request that the emulator reads. Others pass unseen: the vendor adds some every month. */
const cacheMark = { cache_control: z.unknown().optional() };
const textBlockSchema = z.object({ type: z.literal("text"), text: z.string(), ...cacheMark });
const toolUseSchema = z.object({
  type: z.literal("tool_use"),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.unknown(),
  ...cacheMark,
});
const toolResultSchema = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).optional(),
  is_error: z.boolean().optional(),
  ...cacheMark,
});
const otherBlockSchema = z.looseObject({
  type: z.string().refine((type) => !["text", "tool_use", "tool_result"].includes(type)),
});

const blockSchema = z.union([textBlockSchema, toolUseSchema, toolResultSchema, otherBlockSchema]);
const messageSchema = z.object({
  role: z.enum(["user", "assistant"], { error: 'Input should be "user" or "assistant"' }),
  content: z.union([z.string(), z.array(blockSchema)]),
});
const toolSchema = z.object({
  name: z.string().min(1),
  input_schema: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
});

const countedSchema = z.object({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1, "at least one message is required"),
  system: z.union([z.string(), z.array(textBlockSchema)]).optional(),
  tools: z.array(toolSchema).optional(),
});
const messagesRequestSchema = countedSchema.extend({
  max_tokens: z.int().min(1, "must be greater than or equal to 1"),
  stream: z.boolean().optional(),
});

export type CountedRequest = z.infer<typeof countedSchema>;
export type MessagesRequest = z.infer<typeof messagesRequestSchema>;
type Message = MessagesRequest["messages"][number];
type Block = z.infer<typeof blockSchema>;
type TextBlock = z.infer<typeof textBlockSchema>;
type ToolUse = z.infer<typeof toolUseSchema>;
export type ToolResult = z.infer<typeof toolResultSchema>;

export type Parsed<T> =
  | { readonly kind: "valid"; readonly request: T }
  | { readonly kind: "invalid"; readonly message: string };

export const parseMessagesRequest = (body: unknown): Parsed<MessagesRequest> =>
  parse(messagesRequestSchema, body);

/** `count_tokens` takes the same request without `max_tokens`. */
export const parseCountRequest = (body: unknown): Parsed<CountedRequest> => parse(countedSchema, body);

const parse = <T extends CountedRequest>(schema: z.ZodType<T>, body: unknown): Parsed<T> => {
  const result = schema.safeParse(body);
  if (!result.success) return { kind: "invalid", message: firstProblem(result.error) };
  const broken = brokenRule(result.data.messages);
  return broken === null ? { kind: "valid", request: result.data } : { kind: "invalid", message: broken };
};

/** The vendor names one field: `max_tokens: Field required`. */
const firstProblem = (error: z.ZodError): string => {
  const [issue] = error.issues;
  if (issue === undefined) return "Invalid request";
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  const path = issue.path.length === 0 ? "body" : issue.path.join(".");
  return `${path}: ${missing ? "Field required" : issue.message}`;
};

/**
 * What the vendor refuses across messages (platform.claude.com, "Tool use", "Errors"): the first message is the
 * user's, every tool call is answered in the next message, and every answer has its call. Two messages of the same
 * role in a row are allowed: the API joins them.
 */
const brokenRule = (messages: readonly Message[]): string | null => {
  if (messages[0]?.role !== "user") return 'messages: first message must use the "user" role';
  for (const [index, message] of messages.entries()) {
    const broken = emptyText(message, index) ?? unmatched(messages, message, index);
    if (broken !== null) return broken;
  }
  return null;
};

const emptyText = (message: Message, index: number): string | null =>
  blocksOf(message).some((block) => isText(block) && block.text === "")
    ? `messages.${index}: text content blocks must be non-empty`
    : null;

const unmatched = (messages: readonly Message[], message: Message, index: number): string | null => {
  if (message.role === "assistant") {
    const answered = turnAfter(messages, index).flatMap(blocksOf).filter(isToolResult);
    const answeredIds = new Set(answered.map((result) => result.tool_use_id));
    const open = blocksOf(message)
      .filter(isToolUse)
      .find(({ id }) => !answeredIds.has(id));
    if (open === undefined || index === messages.length - 1) return null;
    return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
  }
  const asked = new Set(
    turnBefore(messages, index)
      .flatMap(blocksOf)
      .filter(isToolUse)
      .map(({ id }) => id),
  );
  const stray = blocksOf(message)
    .filter(isToolResult)
    .find((result) => !asked.has(result.tool_use_id));
  if (stray === undefined) return null;
  return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
};

/** The messages of the other role next to this one, joined as the API joins them. */
const turnAfter = (messages: readonly Message[], index: number): readonly Message[] => {
  const rest = messages.slice(index + 1);
  const start = rest.findIndex(({ role }) => role === "user");
  if (start === -1) return [];
  const end = rest.findIndex(({ role }, position) => position > start && role === "assistant");
  return rest.slice(start, end === -1 ? undefined : end);
};

const turnBefore = (messages: readonly Message[], index: number): readonly Message[] => {
  const end = messages.slice(0, index).findLastIndex(({ role }) => role === "assistant");
  if (end === -1) return [];
  const start = messages.slice(0, end).findLastIndex(({ role }) => role === "user");
  return messages.slice(start + 1, end + 1);
};

export const blocksOf = ({ content }: Message): readonly Block[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : content;

export const isText = (block: Block): block is TextBlock => block.type === "text";
export const isToolUse = (block: Block): block is ToolUse => block.type === "tool_use";
export const isToolResult = (block: Block): block is ToolResult => block.type === "tool_result";
