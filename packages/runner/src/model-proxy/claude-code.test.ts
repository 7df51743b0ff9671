import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bash, call, inOrder, type Scenario, say } from "@ai-implement/emulators/anthropic/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { createClaudeCode } from "../agent/claude-code/claude-code.ts";
import { claudeCommand, type Stage, setTheStage } from "../agent/claude-code/testing/session.ts";
import { createSharedSandbox } from "../sandbox/shared-sandbox.ts";
import { openModelProxy } from "./open-model-proxy.ts";
import { bedrockRegion, someAwsSession, startFakeBedrock } from "./testing/fake-bedrock.ts";
import { messageEvents } from "./testing/fake-provider.ts";
import type { Upstream } from "./upstream.ts";

const command = claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const stageFor = async (scenario: Scenario): Promise<Stage> => {
  const stage = await setTheStage(command, scenario);
  closing.push(() => stage.close());
  return stage;
};
const proxyTo = async (upstream: Upstream) => {
  const proxy = await openModelProxy({ upstream, prices: {}, log: () => undefined });
  closing.push(() => proxy.close());
  return proxy;
};

describe("§11.3 the real Claude Code behind the proxy", () => {
  it("works as without it, and both count the same", async () => {
    const stage = await stageFor(inOrder(call(bash("true")), say("Done.")));
    const proxy = await proxyTo({ kind: "anthropic", baseUrl: stage.emulator.url, apiKey: "real-key" });
    const meter = proxy.open(5);
    const outcome = await stage.run(
      {},
      { credentials: { provider: "anthropic", baseUrl: proxy.url, apiKey: proxy.token } },
    );
    if (outcome.kind !== "completed") throw new Error(JSON.stringify(outcome));
    const { costUsd, turns: _calls, ...tokens } = meter.usage();
    expect(outcome.usage).toMatchObject(tokens);
    expect(costUsd).toBeCloseTo(outcome.usage.costUsd ?? -1, 9);
    const keys = stage.emulator.requests().filter(({ method }) => method === "POST");
    expect(new Set(keys.map(({ headers }) => headers["x-api-key"]))).toEqual(new Set(["real-key"]));
  });

  it("ends at once when the budget is spent", async () => {
    const stage = await stageFor(inOrder(call(bash("true")), say("never asked")));
    const proxy = await proxyTo({ kind: "anthropic", baseUrl: stage.emulator.url, apiKey: "real-key" });
    const meter = proxy.open(0.0001);
    const outcome = await stage.run(
      {},
      { credentials: { provider: "anthropic", baseUrl: proxy.url, apiKey: proxy.token }, maxRetries: 10 },
    );
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-refused" });
    expect(outcome.kind === "failed" && outcome.message).toContain("perRunUsd");
    expect(meter.refusedForBudget()).toBe(true);
    expect(stage.activity.filter((line) => line.startsWith("Provider:"))).toEqual([]);
    expect(stage.emulator.requests().filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("keeps its own OAuth token, and is counted", async () => {
    const stage = await stageFor(inOrder(say("Done.")));
    const proxy = await proxyTo({ kind: "anthropic-oauth", baseUrl: stage.emulator.url });
    const meter = proxy.open(5);
    const credentials = { provider: "anthropic" as const, baseUrl: proxy.url, oauthToken: "sk-ant-oat01-x" };
    expect(await stage.run({}, { credentials })).toMatchObject({ kind: "completed" });
    expect(stage.emulator.requests().at(-1)?.headers["authorization"]).toBe("Bearer sk-ant-oat01-x");
    expect(meter.usage().costUsd).toBeGreaterThan(0);
  });

  it("works on Bedrock without any key of AWS: the proxy signs", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "bedrock-")));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "clone"));
    const bedrock = await startFakeBedrock(someAwsSession, () => saying("Done."));
    closing.push(() => bedrock.close());
    const sessions = async () => ({ kind: "session", session: someAwsSession }) as const;
    const proxy = await proxyTo({ kind: "bedrock", region: bedrockRegion, sessions, baseUrl: bedrock.url });
    const meter = proxy.open(5);
    const agent = createClaudeCode({
      command,
      home: join(folder, "home"),
      credentials: {
        provider: "bedrock-proxied",
        region: bedrockRegion,
        roleArn: "arn",
        sessions,
        url: proxy.url,
      },
      maxRetries: 1,
      sandbox: createSharedSandbox([]),
    });
    const model = "eu.anthropic.claude-sonnet-4-20250514-v1:0";
    const outcome = await agent.run(
      {
        purpose: "implement",
        prompt: "Work on DEMO-1.",
        directory: join(folder, "clone"),
        access: "edit",
        model,
        maxTurns: 3,
        environment: { PATH: "/usr/local/bin:/usr/bin:/bin" },
        signal: new AbortController().signal,
      },
      () => undefined,
    );
    expect(outcome).toMatchObject({ kind: "completed", text: "Done." });
    expect(meter.byModel().map((use) => use.model)).toContain(model);
    expect(meter.usage().costUsd).toBeGreaterThan(0);
  });
});

/** A whole answer, as the CLI needs it. */
const saying = (text: string) => {
  const [start, , ...end] = messageEvents({ input: 10, output: 20 });
  const message = { id: "msg_1", role: "assistant", model: "claude", content: [], stop_reason: null };
  return [
    {
      ...start,
      message: { ...message, ...(start !== undefined && "message" in start ? start.message : {}) },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
    ...end,
  ];
};
