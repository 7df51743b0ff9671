import { describe, expect, it } from "vitest";
import { argumentsFor, promptText } from "./command-line.ts";
import { type Exit, mapOutcome } from "./map-outcome.ts";
import { parseEvent, type ResultEvent } from "./schema.ts";
import { emptyRecord, type SessionRecord } from "./session-record.ts";

const resultEvent = (fields: Readonly<Record<string, unknown>>): ResultEvent => {
  const event = parseEvent(
    JSON.stringify({
      type: "result",
      subtype: "success",
      is_error: false,
      session_id: "s",
      num_turns: 3,
      result: "Done.",
      total_cost_usd: 0.25,
      modelUsage: {
        sonnet: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheCreationInputTokens: 4 },
        haiku: { inputTokens: 10, outputTokens: 20, cacheReadInputTokens: 30, cacheCreationInputTokens: 40 },
      },
      permission_denials: [],
      ...fields,
    }),
  );
  if (event?.type !== "result") throw new Error("a result event is known");
  return event;
};

const exited: Exit = { kind: "exited", code: 0, signal: null };
const outcomeOf = (fields: Readonly<Record<string, unknown>>, session: Partial<SessionRecord> = {}) =>
  mapOutcome({ ...emptyRecord, result: resultEvent(fields), ...session }, exited, "", "Check the key.");

describe("§10.4 every end of a session is a named outcome", () => {
  it("success counts the tokens of every model, side calls included", () => {
    expect(outcomeOf({ structured_output: { a: 1 } })).toEqual({
      kind: "completed",
      text: "Done.",
      structured: { a: 1 },
      session: "s",
      usage: {
        inputTokens: 11,
        outputTokens: 22,
        cacheReadTokens: 33,
        cacheWriteTokens: 44,
        costUsd: 0.25,
        turns: 3,
      },
    });
  });

  it("a cost that it does not tell is not measured, rather than zero", () => {
    expect(outcomeOf({ total_cost_usd: undefined })).toMatchObject({ usage: { costUsd: null } });
  });

  it("a cost that nothing can have is not measured either: it would use up every budget", () => {
    expect(outcomeOf({ total_cost_usd: 1e308 })).toMatchObject({ usage: { costUsd: null } });
  });

  it.each([
    [401, "unauthorised"],
    [403, "unauthorised"],
    [400, "agent-refused"],
    [404, "agent-refused"],
    [408, "transport"],
    [429, "rate-limited"],
    [500, "provider-overloaded"],
    [529, "provider-overloaded"],
  ])("status %i beside subtype success is %s: is_error decides", (status, reason) => {
    expect(outcomeOf({ is_error: true, api_error_status: status })).toMatchObject({ kind: "failed", reason });
  });

  it.each([
    ["authentication_failed", "unauthorised"],
    ["billing_error", "unauthorised"],
    ["rate_limit", "rate-limited"],
    ["server_error", "transport"],
    ["max_output_tokens", "agent-failed"],
    [null, "agent-failed"],
  ])("without a status the CLI's class %s is %s", (lastApiError, reason) => {
    expect(outcomeOf({ is_error: true, api_error_status: null }, { lastApiError })).toMatchObject({ reason });
  });

  it("a refusal of the model is told by its stop reason", () => {
    const refused = { is_error: true, api_error_status: null, stop_reason: "refusal" };
    expect(outcomeOf(refused, { lastApiError: "invalid_request" })).toMatchObject({
      reason: "agent-refused",
    });
  });

  it.each([
    ["error_max_turns", "turn-cap"],
    ["error_max_budget_usd", "budget"],
    ["error_during_execution", "agent-failed"],
    ["error_of_a_later_version", "agent-failed"],
  ])("%s is %s", (subtype, reason) => {
    const outcome = outcomeOf({ subtype, is_error: true, result: undefined, errors: ["the reason"] });
    expect(outcome).toMatchObject({ kind: "failed", reason, session: "s", usage: { turns: 3 } });
  });

  it("an answer that never fitted the schema completes without structure", () => {
    const outcome = outcomeOf({ subtype: "error_max_structured_output_retries", is_error: true });
    expect(outcome).toMatchObject({ kind: "completed", structured: null });
  });

  it("denials count as a failure only when nothing else was done", () => {
    const denied = { permission_denials: [{ tool_name: "Bash" }, { tool_name: "Bash" }] };
    const nothing = outcomeOf(denied);
    expect(nothing).toMatchObject({ kind: "failed", reason: "permission-denied" });
    if (nothing.kind === "failed") expect(nothing.message).toContain("(Bash)");
    expect(outcomeOf(denied, { toolsSucceeded: 1 })).toMatchObject({ kind: "completed" });
  });

  it("our own stop beats whatever it said last, and keeps its usage", () => {
    const record = { ...emptyRecord, result: resultEvent({}) };
    expect(mapOutcome(record, { kind: "stopped" }, "", "Check the key.")).toMatchObject({
      kind: "stopped",
      usage: { turns: 3 },
    });
    expect(mapOutcome(emptyRecord, { kind: "stopped" }, "", "Check the key.")).toEqual({
      kind: "stopped",
      usage: null,
    });
  });

  it("a result counts although the process had to be ended afterwards", () => {
    const record = { ...emptyRecord, result: resultEvent({}) };
    const exit: Exit = { kind: "exited", code: null, signal: "SIGTERM" };
    expect(mapOutcome(record, exit, "", "Check the key.")).toMatchObject({ kind: "completed" });
  });
});

describe("§11 the command line", () => {
  const request = {
    purpose: "implement",
    prompt: "secret words of the ticket",
    directory: "/clone",
    access: "edit",
    model: "--dangerously-skip-permissions",
    maxTurns: 7,
    environment: {},
    signal: new AbortController().signal,
  } as const;

  it("never carries the prompt, and no value of it can be read as an option", () => {
    const list = argumentsFor({ ...request, resume: "--bare" });
    expect(list.join(" ")).not.toContain("secret words");
    expect(list).toContain("--model=--dangerously-skip-permissions");
    expect(list).not.toContain("--dangerously-skip-permissions");
    expect(list).not.toContain("--bare");
    expect(list).toContain("--max-turns=7");
  });

  it("offers nothing that writes in a read-only session", () => {
    const list = argumentsFor({ ...request, access: "read-only" }).join(" ");
    expect(list).not.toMatch(/Bash|Edit|Write|bypass/);
    expect(argumentsFor(request).join(" ")).toMatch(/--tools=\S*Bash/);
  });

  it("keeps a prompt from being a slash command", () => {
    expect(promptText("Work on it")).toBe("Work on it");
    expect(promptText(" \n/compact")).toMatch(/^The task:\n/);
  });
});
