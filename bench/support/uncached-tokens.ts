import type { AnthropicEmulator } from "@ai-implement/emulators/anthropic/emulator.ts";
import { tokensOf } from "@ai-implement/emulators/anthropic/usage.ts";
import { z } from "zod";

type Recorded = ReturnType<AnthropicEmulator["requests"]>[number];

const bodySchema = z.object({
  system: z.unknown().optional(),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(z.unknown()),
});

/**
 * The input tokens that no cache held, over all of these requests: what follows the longest beginning that an earlier
 * request had as well, whichever session it was of. The vendor's cache works on the order tools, system, messages.
 */
export const uncachedTokens = (
  requests: readonly Recorded[],
  counts: (request: { readonly tools: readonly string[] }) => boolean,
): number => {
  const known = new Set<string>();
  let tokens = 0;
  for (const { body } of requests) {
    const parsed = bodySchema.safeParse(body);
    if (!parsed.success) continue;
    const { tools, system, messages } = parsed.data;
    const names = tools.map(({ name }) => name);
    let prefix = "";
    let missed = false;
    for (const part of [tools, system, ...messages].map(withoutMarks)) {
      const text = JSON.stringify(part ?? null);
      prefix += text;
      missed ||= !known.has(prefix);
      if (missed && counts({ tools: names })) tokens += tokensOf(text);
      known.add(prefix);
    }
  }
  return tokens;
};

/** Where a mark for the cache stands is no part of what is cached. */
const withoutMarks = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (key, inner: unknown) => (key === "cache_control" ? undefined : inner)),
  );
