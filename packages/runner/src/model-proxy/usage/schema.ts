import { z } from "zod";

const count = z.number().int().min(0).max(1_000_000_000);
const optionalCount = count.nullish();

/** Of Anthropic, in a stream's `message_start` and `message_delta` and in a whole message. What is left out was said before. */
const anthropicUsageSchema = z.object({
  input_tokens: optionalCount,
  output_tokens: optionalCount,
  cache_read_input_tokens: optionalCount,
  cache_creation_input_tokens: optionalCount,
  cache_creation: z.object({ ephemeral_1h_input_tokens: optionalCount }).nullish(),
});
export type AnthropicUsage = z.infer<typeof anthropicUsageSchema>;

export const anthropicEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message_start"), message: z.object({ usage: anthropicUsageSchema }) }),
  z.object({
    type: z.literal("message_delta"),
    delta: z.object({ stop_reason: z.string().nullish() }),
    usage: anthropicUsageSchema,
  }),
  z.object({ type: z.literal("message_stop") }),
  /** The whole answer of a request that asked for no stream. */
  z.object({ type: z.literal("message"), usage: anthropicUsageSchema }),
]);

/** Of OpenAI's Responses API. The input holds what was read from the cache. */
const openaiUsageSchema = z.object({
  input_tokens: count,
  input_tokens_details: z.object({ cached_tokens: optionalCount }).nullish(),
  output_tokens: count,
});

const openaiResponseSchema = z.object({ usage: openaiUsageSchema });

export const openaiEventSchema = z.union([
  z.object({
    type: z.enum(["response.completed", "response.incomplete", "response.failed"]),
    response: openaiResponseSchema,
  }),
  /** The whole answer of a request that asked for no stream. */
  openaiResponseSchema.extend({ object: z.literal("response") }),
]);

/** What a frame of AWS's event stream carries: one of the vendor's own events, in Base64. */
export const bedrockChunkSchema = z.object({ bytes: z.string() });
