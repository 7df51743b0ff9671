import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activityOf, oneLine } from "./activity.ts";
import { createLineSplitter } from "./line-splitter.ts";
import { type ClaudeCodeEvent, parseEvent } from "./schema.ts";
import { emptyRecord, record } from "./session-record.ts";

const toolUse = (name: string, input: unknown): ClaudeCodeEvent => {
  const content = [{ type: "tool_use", id: "t", name, input }];
  const event = parseEvent(JSON.stringify({ type: "assistant", message: { content }, unknown: 1 }));
  if (event === null) throw new Error("an assistant event is known");
  return event;
};

/** Near the shapes of the real events, so that the property reaches behind the first check. */
const almostEvent = fc.record(
  {
    type: fc.oneof(fc.constantFrom("assistant", "user", "system", "result"), fc.string()),
    subtype: fc.oneof(fc.constantFrom("init", "api_retry", "success"), fc.anything()),
    session_id: fc.anything(),
    is_error: fc.anything(),
    message: fc.oneof(
      fc.record({
        content: fc.oneof(
          fc.string(),
          fc.array(
            fc.record(
              {
                type: fc.oneof(fc.constantFrom("tool_use", "tool_result", "text"), fc.string()),
                name: fc.anything(),
                input: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
                is_error: fc.anything(),
              },
              { requiredKeys: ["type"] },
            ),
          ),
        ),
      }),
      fc.anything(),
    ),
  },
  { requiredKeys: ["type"] },
);

describe("§10.4 the agent's events", () => {
  it("no line, however broken, throws", () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      almostEvent.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(line, (text) => {
        const event = parseEvent(text);
        if (event === null) return;
        record(emptyRecord, event);
        for (const activity of activityOf(event, "/clone")) expect(activity).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it("lines are the same however the bytes arrive", () => {
    const texts = fc.array(
      fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\n")),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(lines.join("\n"));
        const splitter = createLineSplitter(1_000);
        const got: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          got.push(...splitter.push(bytes.subarray(at, at + size)));
        got.push(...splitter.end());
        expect(got).toEqual(lines.filter((line) => line !== ""));
      }),
    );
  });

  it("a line beyond the limit is left out whole, wherever the chunks end", () => {
    const text = Buffer.from(`one\n${"x".repeat(50)}\ntwo\n`);
    for (let size = 1; size < text.length; size += 1) {
      const splitter = createLineSplitter(10);
      const got: string[] = [];
      for (let at = 0; at < text.length; at += size) got.push(...splitter.push(text.subarray(at, at + size)));
      expect([...got, ...splitter.end()]).toEqual(["one", "two"]);
    }
  });

  it("a tool call is one line about the file, the command or the pattern", () => {
    const lineOf = (name: string, input: unknown) => activityOf(toolUse(name, input), "/clone");
    expect(lineOf("Edit", { file_path: "/clone/src/x.ts", old_string: "a" })).toEqual(["Edit src/x.ts"]);
    expect(lineOf("Read", { file_path: "/etc/passwd" })).toEqual(["Read /etc/passwd"]);
    expect(lineOf("Bash", { command: "npm test" })).toEqual(["Bash npm test"]);
    expect(lineOf("Grep", { pattern: "todo" })).toEqual(["Grep todo"]);
    expect(lineOf("StructuredOutput", { approved: true })).toEqual(["StructuredOutput"]);
    expect(lineOf("Bash", { command: { not: "text" } })).toEqual(["Bash"]);
  });

  it("what a terminal would obey is taken out, and the rest is cut at 200 characters", () => {
    expect(oneLine("a\u001b[31mred\u001b[0m\nb\u0007\u202ec\u001b]0;title\u0007")).toBe("ared b c");
    expect([...oneLine("🙂".repeat(300))]).toHaveLength(200);
  });
});
