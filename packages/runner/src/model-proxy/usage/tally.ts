import type { Tokens } from "../prices.ts";
import { type AnthropicUsage, anthropicEventSchema, openaiEventSchema } from "./schema.ts";

/** What a provider's events have said of a call's tokens. Events of other kinds and broken ones say nothing. */
export interface Tally {
  event(event: unknown): void;
  /** Null as long as nothing was said. */
  tokens(): Tokens | null;
  /** Nothing more can come. */
  isFinal(): boolean;
}

export const createAnthropicTally = (): Tally => {
  let tokens: Tokens | null = null;
  let isFinal = false;
  return {
    event: (event) => {
      const parsed = anthropicEventSchema.safeParse(event);
      if (!parsed.success) return;
      const { data } = parsed;
      switch (data.type) {
        case "message_start":
          tokens = updated(tokens ?? none, data.message.usage);
          return;
        case "message_delta":
          tokens = updated(tokens ?? none, data.usage);
          // The figures are totals; only the delta that names the reason of the stop has the last of them.
          isFinal ||= typeof data.delta.stop_reason === "string";
          return;
        case "message_stop":
          isFinal ||= tokens !== null;
          return;
        case "message":
          tokens = updated(none, data.usage);
          isFinal = true;
      }
    },
    tokens: () => tokens,
    isFinal: () => isFinal,
  };
};

const none: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0 };

const updated = (before: Tokens, usage: AnthropicUsage): Tokens => {
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? before.cacheWriteHour;
  const written = usage.cache_creation_input_tokens ?? before.cacheWrite + before.cacheWriteHour;
  return {
    input: usage.input_tokens ?? before.input,
    output: usage.output_tokens ?? before.output,
    cacheRead: usage.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite: Math.max(0, written - hour),
    cacheWriteHour: Math.min(hour, written),
  };
};

export const createOpenaiTally = (): Tally => {
  let tokens: Tokens | null = null;
  return {
    event: (event) => {
      const parsed = openaiEventSchema.safeParse(event);
      if (!parsed.success) return;
      const { usage } = "response" in parsed.data ? parsed.data.response : parsed.data;
      const cacheRead = Math.min(usage.input_tokens, usage.input_tokens_details?.cached_tokens ?? 0);
      const input = usage.input_tokens - cacheRead;
      tokens = { ...none, input, cacheRead, output: usage.output_tokens };
    },
    tokens: () => tokens,
    isFinal: () => tokens !== null,
  };
};
