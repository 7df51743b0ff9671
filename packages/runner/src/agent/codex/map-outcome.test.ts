import { describe, expect, it } from "vitest";
import { activityOf } from "./activity.ts";
import { strictSchema, withoutNulls } from "./answer-schema.ts";
import { reasonOf } from "./failure-reason.ts";
import { mapOutcome, nothingUsed, type SessionEnd } from "./map-outcome.ts";
import { parseEvent } from "./schema.ts";
import { emptyRecord, record } from "./session-record.ts";

const session = "01a204a5-1498-7700-bf76-c45180a4d215";
const usage = {
  input_tokens: 400,
  cached_input_tokens: 160,
  cache_write_input_tokens: 10,
  output_tokens: 80,
};

const end = (changes: Partial<SessionEnd>): SessionEnd => ({
  record: { ...emptyRecord, session, text: "Done.", actions: 2, conversationUsage: usage },
  exit: { kind: "exited", code: 0, signal: null },
  errorOutput: "",
  capped: false,
  request: { maxTurns: 10 },
  usedBefore: nothingUsed,
  ...changes,
});

const unfinished = { ...emptyRecord, session };

describe("§10.4 the outcomes of Codex", () => {
  it("counts each token once, by its price: what was cached is not input as well, and dollars are not known", () => {
    expect(mapOutcome(end({}))).toMatchObject({
      kind: "completed",
      usage: {
        inputTokens: 230,
        cacheReadTokens: 160,
        cacheWriteTokens: 10,
        outputTokens: 80,
        costUsd: null,
        turns: 3,
      },
    });
  });

  it("takes away what the conversation had used before, as the CLI says the sum", () => {
    const usedBefore = { ...usage, input_tokens: 300, output_tokens: 50 };
    expect(mapOutcome(end({ usedBefore })).usage).toMatchObject({ cacheReadTokens: 0, outputTokens: 30 });
  });

  it.each([
    [{ exit: { kind: "stopped" } }, { kind: "stopped" }],
    [
      { exit: { kind: "stopped" }, capped: true, record: unfinished },
      { reason: "turn-cap", usage: null },
    ],
    [
      { exit: { kind: "output-too-large", limitBytes: 9 }, record: unfinished },
      { reason: "agent-failed", message: "Codex was ended because it printed more than 9 bytes." },
    ],
    [
      { exit: { kind: "not-started", command: "codex", why: "ENOENT" }, record: unfinished },
      { reason: "agent-not-installed" },
    ],
    [
      {
        exit: { kind: "exited", code: 1, signal: null },
        errorOutput: "Error: unknown feature",
        record: unfinished,
      },
      {
        reason: "agent-failed",
        message: "Codex exited with code 1 without a result. It said: Error: unknown feature",
      },
    ],
    [{ record: { ...emptyRecord, session, conversationUsage: usage } }, { reason: "agent-refused" }],
    [{ record: { ...unfinished, failure: "\u001b[2Jrate limit exceeded" } }, { reason: "agent-refused" }],
  ] satisfies readonly (readonly [Partial<SessionEnd>, object])[])("%j", (changes, outcome) => {
    expect(mapOutcome(end(changes))).toMatchObject(outcome);
  });

  it.each([
    ["unexpected status 401 Unauthorized: Incorrect API key", "unauthorised"],
    ["Quota exceeded. Check your plan and billing details.", "unauthorised"],
    ["exceeded retry limit, last status: 429 Too Many Requests", "rate-limited"],
    ["rate limit exceeded: Rate limit reached", "rate-limited"],
    ["exceeded retry limit, last status: 502 Bad Gateway", "provider-overloaded"],
    ["Selected model is at capacity. Please try a different model.", "provider-overloaded"],
    ["We're currently experiencing high demand, which may cause temporary errors.", "provider-overloaded"],
    ["Connection failed: error sending request", "transport"],
    ["stream disconnected before completion: stream closed before response.completed", "transport"],
    [
      "stream disconnected before completion: Incomplete response returned, reason: content_filter",
      "agent-refused",
    ],
    ["Codex ran out of room in the model's context window.", "agent-failed"],
    ["The model does not exist", "agent-refused"],
  ])("%s: %s", (said, reason) => expect(reasonOf(said)).toBe(reason));

  it("reads past what is no event, and past what it does not know", () => {
    expect(parseEvent("warning: something")).toBeNull();
    expect(parseEvent('{"type":"item.completed","item":{"type":"reasoning","text":"…"}}')).toBeNull();
    expect(parseEvent('{"type":"thread.started","thread_id":"--trust"}')).toBeNull();
  });

  it("counts what is begun, and keeps the last word", () => {
    const lines = [
      `{"type":"thread.started","thread_id":"${session}"}`,
      '{"type":"item.started","item":{"type":"command_execution","command":"ls","status":"in_progress"}}',
      '{"type":"item.completed","item":{"type":"command_execution","command":"ls","status":"completed"}}',
      '{"type":"item.completed","item":{"type":"agent_message","text":"first"}}',
      '{"type":"item.completed","item":{"type":"agent_message","text":"last"}}',
    ];
    const events = lines.map(parseEvent).filter((event) => event !== null);
    expect(events.reduce(record, emptyRecord)).toMatchObject({ session, actions: 1, text: "last" });
  });

  it("says in one safe line what is done", () => {
    const started = (item: object) => parseEvent(JSON.stringify({ type: "item.started", item }));
    const command = started({
      type: "command_execution",
      command: "/bin/bash -c 'ls\n\u001b[31m -l'",
      status: "s",
    });
    const changes = [
      { path: "/clone/a.ts", kind: "update" },
      { path: "/etc/b", kind: "delete" },
    ];
    const change = started({ type: "file_change", changes, status: "s" });
    expect(command === null ? [] : activityOf(command, "/clone")).toEqual(["Run ls -l"]);
    expect(change === null ? [] : activityOf(change, "/clone")).toEqual(["Edit a.ts", "Delete /etc/b"]);
  });
});

describe("the schema of an answer, as OpenAI takes it", () => {
  const claim = {
    type: "object",
    properties: { claim: { type: "string", maxLength: 9 }, file: { type: "string" } },
    required: ["claim"],
    additionalProperties: false,
  };
  const schema = {
    type: "object",
    properties: { claims: { type: "array", items: claim, maxItems: 3 }, kind: { oneOf: [{ const: "a" }] } },
    required: ["claims"],
  };

  it("requires everything, permits nothing else, and lets be null what was optional", () => {
    expect(strictSchema(schema)).toEqual({
      type: "object",
      properties: {
        claims: {
          type: "array",
          maxItems: 3,
          items: {
            type: "object",
            properties: {
              claim: { type: "string" },
              file: { anyOf: [{ type: "string" }, { type: "null" }] },
            },
            required: ["claim", "file"],
            additionalProperties: false,
          },
        },
        kind: { anyOf: [{ anyOf: [{ const: "a" }] }, { type: "null" }] },
      },
      required: ["claims", "kind"],
      additionalProperties: false,
    });
  });

  it("and its answer comes back as one to the schema that was asked for", () => {
    const answer = {
      claims: [
        { claim: "c", file: null },
        { claim: null, file: "f" },
      ],
      kind: null,
    };
    expect(withoutNulls(answer, schema)).toEqual({ claims: [{ claim: "c" }, { claim: null, file: "f" }] });
  });
});
