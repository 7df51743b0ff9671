import { afterEach, describe, expect, it } from "vitest";
import type { AwsSessionAnswer } from "../aws/assume-role.ts";
import type { AwsNeed } from "../aws/aws-sessions.ts";
import { containing } from "../testing/matchers.ts";
import type { ModelProxy } from "./model-proxy.ts";
import { openModelProxy } from "./open-model-proxy.ts";
import { bedrockRegion, someAwsSession, startFakeBedrock } from "./testing/fake-bedrock.ts";
import {
  type Answer,
  answerJson,
  eventText,
  type FakeProvider,
  messageEvents,
  startFakeProvider,
  streaming,
} from "./testing/fake-provider.ts";
import type { Upstream } from "./upstream.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});
const keep = <One extends { close(): Promise<void> }>(one: One): One => {
  opened.push(one);
  return one;
};
const proxyOf = async (upstream: Upstream): Promise<ModelProxy> =>
  keep(await openModelProxy({ upstream, prices: {}, log: () => undefined }));
const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body: JSON.stringify(body), headers });

const figures = { input: 100, output: 200, cacheRead: 300, cacheWrite: 400 };

describe("§11.3 an OAuth token cannot be kept from the agent", () => {
  it("is passed through, counted, and let in by the path alone", async () => {
    const provider = keep(await startFakeProvider(streaming(figures)));
    const proxy = await proxyOf({ kind: "anthropic-oauth", baseUrl: provider.url });
    const meter = proxy.open();
    const authorization = "Bearer sk-ant-oat01-token";
    const { origin } = new URL(proxy.url);
    const call = { model: "claude-sonnet-4-6", max_tokens: 10, stream: true };
    expect((await post(`${origin}/v1/messages`, call, { authorization })).status).toBe(401);
    expect((await post(`${origin}/${"0".repeat(64)}/v1/messages`, call, { authorization })).status).toBe(401);
    await (await post(`${proxy.url}/v1/messages`, call, { authorization })).text();
    expect(provider.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ["/v1/messages", authorization],
    ]);
    expect(meter.usage().costUsd).toBeCloseTo((300 + 3_000 + 90 + 1_500) / 1e6, 9);
  });
});

describe("§11.3 Bedrock behind the proxy", () => {
  const model = "eu.anthropic.claude-sonnet-4-20250514-v1:0";
  const withAws = async (answer: AwsSessionAnswer = { kind: "session", session: someAwsSession }) => {
    const bedrock = keep(await startFakeBedrock(someAwsSession, () => messageEvents(figures)));
    const needs: AwsNeed[] = [];
    const sessions = async (need: AwsNeed): Promise<AwsSessionAnswer> => {
      needs.push(need);
      return answer;
    };
    const proxy = await proxyOf({ kind: "bedrock", region: bedrockRegion, sessions, baseUrl: bedrock.url });
    return { bedrock, proxy, needs };
  };
  const call = { anthropic_version: "bedrock-2023-05-31", max_tokens: 10, messages: [] };

  it("signs what the agent did not, and counts the frames of the answer", async () => {
    const { bedrock, proxy, needs } = await withAws();
    const meter = proxy.open(1);
    const path = `${proxy.url}/model/${encodeURIComponent(model)}/invoke-with-response-stream`;
    const answer = await post(path, call, { authorization: "Bearer x", "x-amz-date": "20000101T000000Z" });
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
    expect(bedrock.requests.map((request) => request.path)).toEqual([
      `/model/${encodeURIComponent(model)}/invoke-with-response-stream`,
    ]);
    expect(meter.byModel()).toMatchObject([{ model, usage: { inputTokens: 100, outputTokens: 200 } }]);
    expect(meter.usage().costUsd).toBeCloseTo((300 + 3_000 + 90 + 1_500) / 1e6, 9);
    expect(needs).toEqual([{ fresh: false, enoughMs: 300_000 }]);
  });

  it.each([
    "%2e%2e/invoke",
    "a%2f..%2f../invoke",
    `${model}/converse`,
    `${model}/invoke/x`,
    "%ff/invoke",
    "/invoke",
  ])("signs nothing else: /model/%s", async (rest) => {
    const { bedrock, proxy } = await withAws();
    proxy.open();
    expect((await post(`${proxy.url}/model/${rest}`, call)).status).toBe(404);
    expect(bedrock.requests).toEqual([]);
  });

  it("a role that is not given is an error that the agent understands, and costs nothing", async () => {
    const { proxy } = await withAws({ kind: "failed", reason: "unauthorised", message: "no role" });
    const meter = proxy.open(1);
    const answer = await post(`${proxy.url}/model/${model}/invoke`, call);
    expect([answer.status, await answer.json()]).toEqual([403, { message: "no role" }]);
    expect(meter.usage()).toMatchObject({ costUsd: 0, turns: 0 });
  });
});

describe("§10.4 OpenAI behind the proxy", () => {
  const usage = { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 10 };
  const withOpenai = async (answer: Answer): Promise<{ provider: FakeProvider; proxy: ModelProxy }> => {
    const provider = keep(await startFakeProvider(answer));
    const baseUrl = `${provider.url}/v1`;
    return { provider, proxy: await proxyOf({ kind: "openai", baseUrl, apiKey: "sk-real" }) };
  };
  const call = { model: "gpt-5-codex", stream: true, input: [] };

  it("replaces the key, and counts what the last event says: what came from the cache is a part of the input", async () => {
    const { provider, proxy } = await withOpenai((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventText({ type: "response.created" }));
      response.end(`data: ${JSON.stringify({ type: "response.completed", response: { usage } })}\n\n`);
    });
    const meter = proxy.open(1);
    const authorization = `Bearer ${proxy.token}`;
    await (await post(`${proxy.url}/v1/responses`, call, { authorization })).text();
    expect(provider.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ["/v1/responses", "Bearer sk-real"],
    ]);
    expect(meter.usage()).toMatchObject({ inputTokens: 60, cacheReadTokens: 40, outputTokens: 10 });
    expect(meter.usage().costUsd).toBeCloseTo((60 * 1.25 + 40 * 0.125 + 10 * 10) / 1e6, 12);
  });

  it("a failed answer that says nothing of its use is not measured; models are listed, and nothing else", async () => {
    const { provider, proxy } = await withOpenai((response, { method }) => {
      if (method === "GET") return answerJson(response, 200, { data: [] });
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(eventText({ type: "response.failed" }));
    });
    const meter = proxy.open();
    const authorization = `Bearer ${proxy.token}`;
    await (await post(`${proxy.url}/v1/responses`, call, { authorization })).text();
    expect(meter.usage().costUsd).toBeNull();
    expect((await fetch(`${proxy.url}/v1/models`, { headers: { authorization } })).status).toBe(200);
    expect((await post(`${proxy.url}/v1/chat/completions`, call, { authorization })).status).toBe(404);
    expect(provider.requests).toHaveLength(2);
  });

  it("refuses in OpenAI's form when the budget is spent, and answers in the background altogether", async () => {
    const { proxy } = await withOpenai((response) =>
      answerJson(response, 200, { object: "response", usage }),
    );
    const meter = proxy.open(0.0001);
    const authorization = `Bearer ${proxy.token}`;
    await (await post(`${proxy.url}/v1/responses`, { ...call, stream: false }, { authorization })).text();
    const refused = await post(`${proxy.url}/v1/responses`, call, { authorization });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: { type: "invalid_request_error", message: containing("is spent"), param: null, code: null } },
    ]);
    expect(meter.refusedForBudget()).toBe(true);
    const hidden = await post(`${proxy.url}/v1/responses`, { ...call, background: true }, { authorization });
    expect(await hidden.text()).toContain("background");
  });
});
