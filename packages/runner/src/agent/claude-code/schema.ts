import { z } from "zod";

/** The fields of Claude Code's `stream-json` events that we read (2.1.197). Everything else passes unseen. */
const contentBlockSchema = z.union([
  z.object({
    type: z.literal("tool_use"),
    name: z.string(),
    input: z.record(z.string(), z.unknown()).catch({}),
  }),
  z.object({ type: z.literal("tool_result"), is_error: z.boolean().optional() }),
  z.object({ type: z.string() }),
]);
const messageSchema = z.object({ content: z.union([z.string(), z.array(contentBlockSchema)]) });

const count = z.int().min(0).catch(0);
/** In US dollars. No session costs more than this; a figure beyond it was not measured, whatever it is. */
const money = z.number().min(0).max(10_000);

const modelUsageSchema = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadInputTokens: count,
  cacheCreationInputTokens: count,
});

const resultSchema = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean(),
  session_id: z.string(),
  num_turns: count,
  total_cost_usd: money.nullable().catch(null),
  /** Per model, side calls included. The event's own `usage` is zero when a budget ends the session. */
  modelUsage: z.record(z.string(), modelUsageSchema).catch({}),
  result: z.string().optional(),
  structured_output: z.unknown().optional(),
  stop_reason: z.string().nullish(),
  /** The HTTP status of the provider's refusal; `null` when it gave none. */
  api_error_status: z.int().nullish(),
  errors: z.array(z.string()).optional(),
  permission_denials: z.array(z.object({ tool_name: z.string() })).catch([]),
});

const eventSchema = z.union([
  resultSchema,
  z.object({
    type: z.literal("assistant"),
    message: messageSchema,
    /** Set on the CLI's own message about a failed request: `authentication_failed`, `rate_limit`, … */
    error: z.string().optional(),
  }),
  z.object({ type: z.literal("user"), message: messageSchema }),
  z.object({
    type: z.literal("system"),
    subtype: z.literal("api_retry"),
    attempt: z.int(),
    max_retries: z.int(),
    error_status: z.int().nullish(),
    error: z.string(),
  }),
  z.object({ type: z.literal("system"), subtype: z.literal("init"), session_id: z.string() }),
]);

export type ClaudeCodeEvent = z.infer<typeof eventSchema>;
export type ResultEvent = z.infer<typeof resultSchema>;
export type ContentBlock = z.infer<typeof contentBlockSchema>;

/** `null` for what is no event, or none that we read. */
export const parseEvent = (line: string): ClaudeCodeEvent | null => {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // The CLI's own warnings, and anything a hook or a plug-in prints, come on the same stream.
    return null;
  }
};
