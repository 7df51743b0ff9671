import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  always,
  answer,
  call,
  cutShort,
  filtered,
  hang,
  inOrder,
  outOfCredit,
  overloaded,
  type Reply,
  rateLimited,
  refusal,
  resetMidStream,
  run,
  type Scenario,
  say,
  unauthorised,
  write,
} from "@ai-implement/emulators/openai/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { codexCommand, type Stage, setTheStage, withRealCodex } from "./testing/session.ts";

const command = codexCommand(process.env["AI_IMPLEMENT_CODEX"]);

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
const stageFor = async (scenario: Scenario): Promise<Stage> => {
  const stage = await setTheStage(command ?? "codex", scenario);
  stages.push(stage);
  return stage;
};

const schema = {
  type: "object",
  properties: { approved: { type: "boolean" }, note: { type: "string", maxLength: 10 } },
  required: ["approved"],
  additionalProperties: false,
};

describe.skipIf(command === null)(withRealCodex("§10.4 the real Codex", command), () => {
  it.each(["gpt-6.1-sol", "gpt-5.5"])(
    "edits the clone by %s, says what it does, and gives text, session and usage",
    async (model) => {
      const stage = await stageFor(
        inOrder(call(write("src/a.ts", "one\n")), call(run("sed -i s/one/two/ src/a.ts")), say("Done.")),
      );
      const outcome = await stage.run({ model });
      expect(outcome).toMatchObject({ kind: "completed", text: "Done.", structured: null });
      expect(await readFile(join(stage.clone, "src/a.ts"), "utf8")).toBe("two\n");
      expect(stage.activity).toEqual(["Write src/a.ts", "Run sed -i s/one/two/ src/a.ts"]);
      if (outcome.kind !== "completed") throw new Error("unreachable");
      expect(outcome.session).toMatch(/^[0-9a-f-]{36}$/);
      expect(outcome.usage).toMatchObject({ turns: 3, costUsd: null });
      expect(outcome.usage.inputTokens).toBeGreaterThan(0);
      expect(outcome.usage.cacheReadTokens).toBeGreaterThan(0);
    },
  );

  it("resumes a session, which then knows what was said, and counts only its own usage", async () => {
    const stage = await stageFor(always(say("Done.")));
    const first = await stage.run({ prompt: "Remember the word heron." });
    if (first.kind !== "completed") throw new Error(JSON.stringify(first));
    const second = await stage.run({ prompt: "Which word?", resume: first.session });
    expect(second).toMatchObject({ kind: "completed", session: first.session, usage: { turns: 1 } });
    expect(JSON.stringify(stage.emulator.requests().at(-1)?.body)).toContain("heron");
    if (second.kind !== "completed") throw new Error("unreachable");
    expect(second.usage.outputTokens).toBe(first.usage.outputTokens);
  });

  it("gives a structured answer, without what the schema lets it leave out", async () => {
    const stage = await stageFor(always(answer({ approved: true, note: null })));
    const outcome = await stage.run({ access: "read-only", purpose: "review", answerSchema: schema });
    expect(outcome).toMatchObject({ kind: "completed" });
    if (outcome.kind === "completed") expect(outcome.structured).toEqual({ approved: true });
  });

  it("completes with no structure when the agent does not answer in the asked-for form", async () => {
    const stage = await stageFor(always(say("It looks good to me.")));
    const outcome = await stage.run({ access: "read-only", purpose: "review", answerSchema: schema });
    expect(outcome).toMatchObject({ kind: "completed", structured: null });
  });

  const failures: readonly (readonly [string, string, Reply])[] = [
    ["a credential that is not accepted", "unauthorised", unauthorised()],
    ["an account without credit", "unauthorised", outOfCredit()],
    ["a rate limit that stays", "rate-limited", rateLimited()],
    ["an overload that stays", "provider-overloaded", overloaded()],
    ["a refusal", "agent-refused", refusal()],
    ["an answer that the provider withholds", "agent-refused", filtered()],
    ["a connection that breaks in the middle of every answer", "transport", resetMidStream()],
    ["an answer that never ends within its tokens", "agent-failed", cutShort()],
  ];
  it.each(failures)("%s is the outcome %s", async (_, reason, reply) => {
    const outcome = await (await stageFor(always(reply))).run();
    expect(outcome).toMatchObject({ kind: "failed", reason });
    if (outcome.kind === "failed") expect(outcome.message.length).toBeGreaterThan(40);
  });

  it("tells a provider that cannot be reached from one that refuses", async () => {
    const stage = await stageFor(always(say("never asked")));
    const outcome = await stage.run({}, { baseUrl: "http://127.0.0.1:1/v1" });
    expect(outcome).toMatchObject({ kind: "failed", reason: "transport" });
  });

  it("goes on after a fault that passes, and says that it waited", async () => {
    const stage = await stageFor(inOrder(resetMidStream(), say("Done.")));
    expect(await stage.run()).toMatchObject({ kind: "completed", text: "Done." });
    expect(stage.activity).toEqual([expect.stringContaining("Provider: Reconnecting... 1/1") as string]);
  });

  it("stops at the turn cap, which the CLI does not have", async () => {
    const stage = await stageFor(always(call(run("true"))));
    const outcome = await stage.run({ maxTurns: 2 });
    expect(outcome).toMatchObject({ kind: "failed", reason: "turn-cap" });
    if (outcome.kind === "failed") expect(outcome.message).toContain("maxTurns");
    expect(stage.activity.length).toBeLessThanOrEqual(3);
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
    expect(await (await stageFor(always(say("Done.")))).agent.describe()).toMatch(/^Codex \d+\.\d+\.\d+$/);
  });
});
