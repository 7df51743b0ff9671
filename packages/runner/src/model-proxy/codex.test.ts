import { inOrder, type Scenario, say } from "@ai-implement/emulators/openai/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { codexCommand, type Stage, setTheStage, withRealCodex } from "../agent/codex/testing/session.ts";
import { openModelProxy } from "./open-model-proxy.ts";

const command = codexCommand(process.env["AI_IMPLEMENT_CODEX"]);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The real CLI behind a proxy of the scripted API. */
const setBehindProxy = async (scenario: Scenario, budgetUsd: number) => {
  const stage: Stage = await setTheStage(command ?? "", scenario);
  closing.push(() => stage.close());
  const upstream = { kind: "openai", baseUrl: stage.emulator.url, apiKey: "sk-real-key" } as const;
  const proxy = await openModelProxy({ upstream, prices: {}, log: () => undefined });
  closing.push(() => proxy.close());
  const meter = proxy.open(budgetUsd);
  const request = { model: "gpt-5-codex" };
  const run = () => stage.run(request, { baseUrl: `${proxy.url}/v1`, apiKey: proxy.token });
  return { stage, meter, run };
};

describe.skipIf(command === null)(withRealCodex("§11.3 the real Codex behind the proxy", command), () => {
  it("works as without it, and both count the same", async () => {
    const { stage, meter, run } = await setBehindProxy(inOrder(say("Done.")), 5);
    const outcome = await run();
    if (outcome.kind !== "completed") throw new Error(JSON.stringify(outcome));
    const { inputTokens, outputTokens, cacheReadTokens, costUsd } = meter.usage();
    expect(outcome.usage).toMatchObject({ inputTokens, outputTokens, cacheReadTokens });
    expect(costUsd).toBeGreaterThan(0);
    const [call] = stage.emulator.requests();
    expect(call?.headers["authorization"]).toBe("Bearer sk-real-key");
  });

  it("ends at once when the budget is spent", async () => {
    const { stage, meter, run } = await setBehindProxy(inOrder(say("never asked")), 0);
    expect(await run()).toMatchObject({ kind: "failed" });
    expect(meter.refusedForBudget()).toBe(true);
    expect(stage.emulator.requests()).toEqual([]);
  });
});
