import { z } from "zod";

/** The events of `codex exec --json` (0.169.0), and of each only what is used. What is not here is passed over. */
const count = z.int().min(0).catch(0);

const itemSchema = z.union([
  z.object({ type: z.literal("agent_message"), text: z.string() }),
  z.object({ type: z.literal("command_execution"), command: z.string(), status: z.string() }),
  z.object({
    type: z.literal("file_change"),
    changes: z.array(z.object({ path: z.string(), kind: z.string() })),
    status: z.string(),
  }),
  /** A warning: the session goes on. */
  z.object({ type: z.literal("error"), message: z.string() }),
]);

const usageSchema = z.object({
  /** All of them, the cached ones included. */
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_input_tokens: count,
  output_tokens: count,
});

const eventSchema = z.union([
  z.object({ type: z.literal("thread.started"), thread_id: z.uuid() }),
  z.object({ type: z.enum(["item.started", "item.completed"]), item: itemSchema }),
  /** Of the whole conversation so far, resumed sessions included. */
  z.object({ type: z.literal("turn.completed"), usage: usageSchema }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string() }) }),
  /** A request failed; it is tried again, or `turn.failed` follows. */
  z.object({ type: z.literal("error"), message: z.string() }),
]);

export type CodexEvent = z.infer<typeof eventSchema>;
export type CodexItem = z.infer<typeof itemSchema>;
export type CodexUsage = z.infer<typeof usageSchema>;

/** `null` for what is no event, or none that we read. */
export const parseEvent = (line: string): CodexEvent | null => {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Anything else that is printed comes on the same stream.
    return null;
  }
};
