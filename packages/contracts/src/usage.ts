import { z } from "zod";

/** Tokens and dollars. `null` is "not measured", which is not zero. */
export const usageSchema = z.object({
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  cacheReadTokens: z.int().min(0),
  cacheWriteTokens: z.int().min(0),
  costUsd: z.number().min(0).max(1_000_000).nullable(),
  turns: z.int().min(0),
});
export type Usage = z.infer<typeof usageSchema>;
