import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { matching } from "../testing/matchers.ts";
import { type Answer, answerJson, eventText, messageEvents, streaming } from "./testing/fake-provider.ts";
import { createGate } from "./testing/gate.ts";
import { aCall, openProxyStage, type ProxyStage, realKey } from "./testing/proxy-stage.ts";

const stages: ProxyStage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
const stageWith = async (...how: Parameters<typeof openProxyStage>): Promise<ProxyStage> => {
  const stage = await openProxyStage(...how);
  stages.push(stage);
  return stage;
};

const figures = { input: 10, output: 20, cacheRead: 30, cacheWrite: 40 };
/** 10 × 0.001 + 20 × 0.002 + 30 × 0.0001 + 40 × 0.00125, by the prices of the stage. */
const itsCost = 0.103;

describe("§11.3 the proxy holds the key", () => {
  it("takes the run's token and nothing else, in either of the usual headers", async () => {
    const { proxy, ask, provider } = await stageWith(streaming(figures));
    proxy.open();
    expect((await ask()).status).toBe(200);
    const bearer = { "x-api-key": "", authorization: `Bearer ${proxy.token}` };
    const headers = [{ "x-api-key": "wrong" }, { "x-api-key": realKey }, { "x-api-key": `${proxy.token}x` }];
    expect(
      await Promise.all(headers.map(async (header) => (await ask(aCall(), { headers: header })).status)),
    ).toEqual([401, 401, 401]);
    const response = await fetch(`${proxy.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: bearer.authorization },
      body: JSON.stringify(aCall()),
    });
    expect(response.status).toBe(200);
    expect(provider.requests).toHaveLength(2);
  });

  it("puts the real one in its place, and passes on no other credential", async () => {
    const { proxy, ask, provider } = await stageWith(streaming(figures));
    proxy.open();
    const smuggled = {
      authorization: "Bearer other-account",
      cookie: "session=1",
      "proxy-authorization": "Basic eDp5",
      "api-key": "k",
      "x-goog-api-key": "k",
      "x-amz-security-token": "t",
      "x-forwarded-for": "10.0.0.1",
      "openai-organization": "org",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "a,b",
      "x-stainless-lang": "js",
    };
    await (await ask(aCall(), { headers: smuggled })).text();
    const [seen] = provider.requests;
    if (seen === undefined) throw new Error("nothing arrived");
    const { headers, path, body } = seen;
    expect(headers["x-api-key"]).toBe(realKey);
    expect(Object.keys(headers).sort()).toEqual([
      "accept",
      "accept-encoding",
      "accept-language",
      "anthropic-beta",
      "anthropic-version",
      "connection",
      "content-length",
      "content-type",
      "host",
      "sec-fetch-mode",
      "user-agent",
      "x-api-key",
      "x-stainless-lang",
    ]);
    expect(JSON.stringify(headers)).not.toContain(proxy.token);
    expect(headers.host).toBe(new URL(provider.url).host);
    expect(path).toBe("/v1/messages?beta=true");
    expect(JSON.parse(body)).toEqual(aCall());
  });

  it("answers only what the agent needs, and counts the rest", async () => {
    const { proxy, provider, logged } = await stageWith(streaming(figures));
    proxy.open();
    const tried: [string, string][] = [
      ["GET", "/v1/models"],
      ["GET", "/v1/messages"],
      ["POST", "/v1/files"],
      ["POST", "/v1/messages/batches"],
      ["DELETE", "/v1/messages"],
      ["POST", "//v1/messages"],
      ["POST", "/v1/messages/../organizations/api_keys"],
      ["POST", "/V1/messages"],
    ];
    for (const [method, path] of tried)
      expect([method, path, await rawStatus(proxy.url, method, path, { "x-api-key": proxy.token })]).toEqual([
        method,
        path,
        404,
      ]);
    expect(await rawStatus(proxy.url, "HEAD", "/", {})).toBe(200);
    expect(provider.requests).toEqual([]);
    await proxy.close();
    expect(logged).toEqual([matching(/8 requests were turned away/)]);
  });

  it("answers nothing before a session is open", async () => {
    const { ask, provider } = await stageWith(streaming(figures));
    expect((await ask()).status).toBe(403);
    expect(provider.requests).toEqual([]);
  });
});

const rawStatus = (url: string, method: string, path: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = request({ hostname, port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end();
  });

describe("§11.3 the proxy counts what flows past", () => {
  it("tokens and dollars of a stream, each kind by its price", async () => {
    const { proxy, ask } = await stageWith(streaming(figures));
    const meter = proxy.open();
    expect(await (await ask()).text()).toBe(messageEvents(figures).map(eventText).join(""));
    expect(meter.usage()).toMatchObject({
      inputTokens: 10,
      outputTokens: 20,
      cacheReadTokens: 30,
      cacheWriteTokens: 40,
      turns: 1,
    });
    expect(meter.usage().costUsd).toBeCloseTo(itsCost, 9);
    expect(meter.byModel()).toEqual([{ model: "test-model", usage: meter.usage() }]);
  });

  it("those of an answer in one piece", async () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 20,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 40,
    };
    const { proxy, ask } = await stageWith((response) =>
      answerJson(response, 200, { type: "message", usage }),
    );
    const meter = proxy.open();
    await (await ask(aCall({ stream: false }))).text();
    expect(meter.usage().costUsd).toBeCloseTo(itsCost, 9);
  });

  it("whatever pieces the stream comes in", async () => {
    const text = messageEvents(figures).map(eventText).join("").replaceAll("\n", "\r\n");
    const { proxy, ask } = await stageWith(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.from([byte]));
        if (byte === 0x7d) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const meter = proxy.open();
    await (await ask()).text();
    expect(meter.usage().costUsd).toBeCloseTo(itsCost, 9);
  });

  it("per session and per model", async () => {
    const { proxy, ask } = await stageWith(streaming(figures));
    const first = proxy.open();
    await (await ask()).text();
    await (await ask(aCall({ model: "claude-haiku-4-5" }))).text();
    const second = proxy.open();
    await (await ask()).text();
    expect(first.byModel().map(({ model, usage }) => [model, usage.turns])).toEqual([
      ["test-model", 1],
      ["claude-haiku-4-5", 1],
    ]);
    expect(first.usage().turns).toBe(2);
    expect(second.usage().turns).toBe(1);
  });

  it("counts tokens of a model without a price, but no dollars: not measured is not zero", async () => {
    const { proxy, ask } = await stageWith(streaming(figures));
    const meter = proxy.open();
    expect(meter.usage().costUsd).toBe(0);
    await (await ask(aCall({ model: "unheard-of" }))).text();
    await (await ask()).text();
    expect(meter.usage()).toMatchObject({ inputTokens: 20, costUsd: null });
    expect(meter.byModel().map(({ model, usage }) => [model, usage.costUsd === null])).toEqual([
      ["unheard-of", true],
      ["test-model", false],
    ]);
  });

  it("counting tokens is free", async () => {
    const { proxy, provider } = await stageWith((response) => answerJson(response, 200, { input_tokens: 7 }));
    const meter = proxy.open(0.01);
    const answer = await fetch(`${proxy.url}/v1/messages/count_tokens`, {
      method: "POST",
      headers: { "x-api-key": proxy.token },
      body: JSON.stringify({ model: "unheard-of", messages: [] }),
    });
    expect(await answer.json()).toEqual({ input_tokens: 7 });
    expect(meter.usage()).toMatchObject({ inputTokens: 0, costUsd: 0, turns: 0 });
    expect(provider.requests[0]?.headers["x-api-key"]).toBe(realKey);
  });

  it("the first byte is with the agent before the last one is written", async () => {
    const gate = createGate();
    const { proxy, ask } = await stageWith(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const [first = "", ...others] = messageEvents(figures).map(eventText);
      response.write(first);
      await gate.opened;
      response.end(others.join(""));
    });
    const meter = proxy.open();
    const reader = ((await ask()).body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(Buffer.from(value ?? []).toString()).toContain("message_start");
    expect(meter.usage()).toMatchObject({ inputTokens: 10, costUsd: null });
    gate.open();
    while (!(await reader.read()).done);
    expect(meter.usage().costUsd).toBeCloseTo(itsCost, 9);
  });
});

describe("§11.3 the proxy keeps the budget", () => {
  const budgetError: Answer = streaming(figures);

  it("refuses the call that begins when it is spent, in the provider's own form, as an error that is not retried", async () => {
    const { proxy, ask, provider } = await stageWith(budgetError);
    const meter = proxy.open(0.15);
    const statuses = [];
    for (let count = 0; count < 4; count += 1) {
      const response = await ask();
      statuses.push(response.status);
      if (response.status === 400)
        expect(await response.json()).toEqual({
          type: "error",
          error: {
            type: "invalid_request_error",
            message: matching(/budget of this run is spent.*perRunUsd/),
          },
        });
      else await response.text();
    }
    expect(statuses).toEqual([200, 200, 400, 400]);
    expect(provider.requests).toHaveLength(2);
    expect(meter.refusedForBudget()).toBe(true);
    expect(meter.usage().costUsd).toBeCloseTo(2 * itsCost, 9);
  });

  it("a new session has a budget of its own", async () => {
    const { proxy, ask } = await stageWith(budgetError);
    proxy.open(0.01);
    await (await ask()).text();
    expect((await ask()).status).toBe(400);
    const next = proxy.open(0.01);
    expect((await ask()).status).toBe(200);
    expect(next.refusedForBudget()).toBe(false);
  });

  it("refuses a model without a price: a budget that cannot be measured cannot be kept", async () => {
    const { proxy, ask, provider } = await stageWith(budgetError);
    const meter = proxy.open(1);
    const response = await ask(aCall({ model: "unheard-of" }));
    expect([response.status, await response.text()]).toEqual([400, matching(/unheard-of.*MODEL_PRICES/)]);
    expect(meter.refusedForBudget()).toBe(false);
    expect(provider.requests).toEqual([]);
  });

  it.each([{ speed: "fast" }, { service_tier: "priority" }, { inference_geo: "us" }])(
    "refuses what no list price is for: %j",
    async (extra) => {
      const { proxy, ask } = await stageWith(budgetError);
      proxy.open(1);
      expect((await ask(aCall(extra))).status).toBe(400);
      const meter = proxy.open();
      expect((await ask(aCall(extra))).status).toBe(200);
      expect(meter.usage().costUsd).toBeNull();
    },
  );
});
