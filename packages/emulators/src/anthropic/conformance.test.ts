import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { eventsOf } from "./message.ts";
import { answer, call, cutShort, type Reply, read, refusal, say, write } from "./scenario.ts";

const folder = process.env["SCHEMAS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/schemas");
const file = join(folder, "anthropic-stream.schema.json");
const present = existsSync(file);
if (!present)
  process.stdout.write(`Skipped: no vendor schema at ${file}. Set SCHEMAS_DIR to check the stream.\n`);

/** Generated from the types of the vendor's own SDK; `ping` and `error` are not part of them. */
const vendorSchema = (): z.ZodType =>
  z.fromJSONSchema(JSON.parse(readFileSync(file, "utf8")) as Parameters<typeof z.fromJSONSchema>[0]);

const envelope = {
  id: "msg_000001",
  model: "claude-sonnet-4-6",
  usage: { inputTokens: 4, cacheReadTokens: 100, cacheWriteTokens: 20 },
};

type Answered = Extract<Reply, { kind: "message" | "refusal" }>;
const replies: readonly (readonly [string, Answered])[] = [
  ["text", say("Hello, 🙂")],
  ["an answer cut short", cutShort("Hel")],
  ["tool calls", { ...call(read("a.ts"), write("b.ts", "const b = 1;\n")), text: "I read first." }],
  ["a structured answer", answer({ approved: false, findings: ["a", "b"] })],
  ["a refusal", refusal("no")],
];

describe.skipIf(!present)("the emulator's streams fit the vendor's schema", () => {
  it.each(replies)("%s", (_, reply) => {
    const schema = vendorSchema();
    for (const event of eventsOf(reply, envelope))
      expect(schema.safeParse(event), JSON.stringify(event)).toMatchObject({ success: true });
  });

  it("and the schema would notice a foreign event", () => {
    expect(vendorSchema().safeParse({ type: "message_stop", extra: 1 }).success).toBe(false);
  });
});
