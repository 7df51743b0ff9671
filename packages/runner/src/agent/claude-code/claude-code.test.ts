import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  always,
  answer,
  bash,
  call,
  cutShort,
  edit,
  hang,
  inOrder,
  malformedEvent,
  outOfCredit,
  overloaded,
  overloadedMidStream,
  type Reply,
  rateLimited,
  read,
  refusal,
  resetMidStream,
  type Scenario,
  say,
  unauthorised,
  write,
} from "@ai-implement/emulators/anthropic/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { createSharedSandbox } from "../../sandbox/shared-sandbox.ts";
import { createClaudeCode } from "./claude-code.ts";
import { claudeCommand, type Stage, setTheStage } from "./testing/session.ts";

const command = claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]);

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
const stageFor = async (scenario: Scenario): Promise<Stage> => {
  const stage = await setTheStage(command, scenario);
  stages.push(stage);
  return stage;
};

const schema = { type: "object", properties: { approved: { type: "boolean" } }, required: ["approved"] };

describe("§10.4 the real Claude Code", () => {
  it("edits the clone, says what it does, and gives text, session, usage and cost", async () => {
    const stage = await stageFor(
      inOrder(call(write("src/a.ts", "one\n")), call(edit("src/a.ts", "one", "two")), say("Done.")),
    );
    const outcome = await stage.run();
    expect(outcome).toMatchObject({ kind: "completed", text: "Done.", structured: null });
    expect(await readFile(join(stage.clone, "src/a.ts"), "utf8")).toBe("two\n");
    expect(stage.activity).toEqual(["Write src/a.ts", "Edit src/a.ts"]);
    if (outcome.kind !== "completed") throw new Error("unreachable");
    expect(outcome.session).toMatch(/^[0-9a-f-]{36}$/);
    expect(outcome.usage.turns).toBe(3);
    expect(outcome.usage.outputTokens).toBeGreaterThan(0);
    expect(outcome.usage.cacheReadTokens).toBeGreaterThan(0);
    expect(outcome.usage.cacheWriteTokens).toBeGreaterThan(0);
    expect(outcome.usage.costUsd).toBeGreaterThan(0);
  });

  it("resumes a session, which then knows what was said, and counts only its own usage", async () => {
    const stage = await stageFor(always(say("Done.")));
    const first = await stage.run({ prompt: "Remember the word heron." });
    if (first.kind !== "completed") throw new Error(JSON.stringify(first));
    const second = await stage.run({ prompt: "Which word?", resume: first.session });
    expect(second).toMatchObject({ kind: "completed", session: first.session, usage: { turns: 1 } });
    const sent = JSON.stringify(stage.emulator.requests().at(-1)?.body);
    expect(sent).toContain("heron");
    if (second.kind !== "completed") throw new Error("unreachable");
    expect(second.usage.outputTokens).toBe(first.usage.outputTokens);
  });

  it("gives a structured answer that fits the schema", async () => {
    const stage = await stageFor(always(answer({ approved: true })));
    const outcome = await stage.run({ access: "read-only", purpose: "review", answerSchema: schema });
    expect(outcome).toMatchObject({ kind: "completed", structured: { approved: true } });
  });

  it("completes with no structure when the agent never answers in the asked-for form", async () => {
    const stage = await stageFor(always(answer({ approved: "perhaps" })));
    const outcome = await stage.run({ access: "read-only", purpose: "review", answerSchema: schema });
    expect(outcome).toMatchObject({ kind: "completed", structured: null });
  });

  const failures: readonly (readonly [string, string, Reply])[] = [
    ["a credential that is not accepted", "unauthorised", unauthorised()],
    ["an account without credit", "unauthorised", outOfCredit()],
    ["a rate limit that stays", "rate-limited", rateLimited(0)],
    ["an overload that stays", "provider-overloaded", overloaded()],
    ["a refusal", "agent-refused", refusal()],
    ["a connection that breaks in the middle of every answer", "transport", resetMidStream()],
    ["an overload in the middle of every answer", "transport", overloadedMidStream()],
    ["a stream that is not JSON", "transport", malformedEvent()],
    ["an answer that never ends within its tokens", "agent-failed", cutShort("and so on")],
  ];
  it.each(failures)("%s is the outcome %s", async (_, reason, reply) => {
    const outcome = await (await stageFor(always(reply))).run();
    expect(outcome).toMatchObject({ kind: "failed", reason });
    if (outcome.kind === "failed") expect(outcome.message.length).toBeGreaterThan(40);
  });

  it("tells a provider that cannot be reached from one that refuses", async () => {
    const stage = await stageFor(always(say("never asked")));
    const outcome = await stage.run(
      {},
      { credentials: { provider: "anthropic", baseUrl: "http://127.0.0.1:1", apiKey: "k" } },
    );
    expect(outcome).toMatchObject({ kind: "failed", reason: "transport" });
  });

  it("goes on after an overload that passes, and says that it waited", async () => {
    const stage = await stageFor(inOrder(overloaded(), say("Done.")));
    expect(await stage.run()).toMatchObject({ kind: "completed", text: "Done." });
    expect(stage.activity).toEqual(["Provider: 529, retry 1 of 1"]);
  });

  it("says that there is no credential", async () => {
    const stage = await stageFor(always(say("never asked")));
    const outcome = await stage.run(
      {},
      { credentials: { provider: "anthropic", baseUrl: stage.emulator.url } },
    );
    expect(outcome).toMatchObject({ kind: "failed", reason: "unauthorised" });
  });

  it("prefers the OAuth token when both are set (§4.1)", async () => {
    const stage = await stageFor(always(say("Done.")));
    const credentials = {
      provider: "anthropic" as const,
      baseUrl: stage.emulator.url,
      apiKey: "key",
      oauthToken: "sk-ant-oat01-token",
    };
    expect(await stage.run({}, { credentials })).toMatchObject({ kind: "completed" });
    const headers = stage.emulator.requests().at(-1)?.headers ?? {};
    expect(headers["authorization"]).toBe("Bearer sk-ant-oat01-token");
    expect(headers["x-api-key"]).toBeUndefined();
  });

  it("stops at the turn cap", async () => {
    const stage = await stageFor(always(call(bash("true"))));
    const outcome = await stage.run({ maxTurns: 2 });
    expect(outcome).toMatchObject({ kind: "failed", reason: "turn-cap" });
    if (outcome.kind === "failed") expect(outcome.usage?.costUsd).toBeGreaterThan(0);
  });

  it("stops at the budget, and knows what was spent", async () => {
    const stage = await stageFor(always(call(bash("true"))));
    const outcome = await stage.run({ budgetUsd: 0.0001 });
    expect(outcome).toMatchObject({ kind: "failed", reason: "budget" });
    if (outcome.kind === "failed") expect(outcome.usage?.cacheWriteTokens).toBeGreaterThan(0);
  });

  it("calls it permission-denied when everything was denied, and completed when something was done", async () => {
    const outside = await stageFor(inOrder(call(write("/nowhere/a", "x")), say("I could not.")));
    expect(await outside.run()).toMatchObject({ kind: "failed", reason: "permission-denied" });
    const mixed = await stageFor(
      inOrder(call(write("/nowhere/a", "x")), call(write("a", "x")), say("Done.")),
    );
    expect(await mixed.run()).toMatchObject({ kind: "completed" });
  });

  it("cannot resume a session that is not there, and says which", async () => {
    const stage = await stageFor(always(say("Done.")));
    const resume = "5e246c21-2647-4947-b7ea-aabc8b29f900";
    const outcome = await stage.run({ resume });
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-failed" });
    if (outcome.kind === "failed") expect(outcome.message).toContain(resume);
  });

  it("names the fix when it is not installed", async () => {
    const stage = await stageFor(always(say("Done.")));
    const outcome = await stage.run({}, { command: join(stage.clone, "absent") });
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-not-installed" });
    if (outcome.kind === "failed")
      expect(outcome.message).toContain("npm install -g @anthropic-ai/claude-code");
  });

  it("stops at once when the provider hangs and the run is stopped", async () => {
    const stage = await stageFor(always(hang()));
    const stop = new AbortController();
    const running = stage.run({ signal: stop.signal });
    while (stage.emulator.requests().every(({ method }) => method !== "POST")) await wait(20);
    stop.abort();
    expect(await running).toEqual({ kind: "stopped", usage: null });
  });

  it("does not start for a run that is stopped already", async () => {
    const stage = await stageFor(always(say("Done.")));
    expect(await stage.run({ signal: AbortSignal.abort() })).toEqual({ kind: "stopped", usage: null });
    expect(stage.emulator.requests()).toEqual([]);
  });

  it("describes itself with its version", async () => {
    const stage = await stageFor(always(say("Done.")));
    const agent = createClaudeCode({
      command,
      home: stage.home,
      credentials: { provider: "anthropic" },
      sandbox: createSharedSandbox([]),
    });
    expect(await agent.describe()).toMatch(/^Claude Code \d+\.\d+\.\d+$/);
  });

  it("reads only inside the clone when it may only read", async () => {
    const stage = await stageFor(inOrder(call(read("/etc/passwd")), call(bash("id")), say("I could not.")));
    const outcome = await stage.run({ access: "read-only", purpose: "explore" });
    expect(outcome).toMatchObject({ kind: "failed", reason: "permission-denied" });
    const sent = JSON.stringify(stage.emulator.requests().at(-1)?.body);
    expect(sent).not.toContain("root:");
    expect(sent).not.toContain("uid=");
  });
});
