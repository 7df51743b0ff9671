import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { containing, matching } from "../testing/matchers.ts";
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

const figures = { input: 10, output: 20 };
const nothingUsed = { inputTokens: 0, outputTokens: 0, costUsd: 0, turns: 0 };

const breakingAfter =
  (events: number): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const text = messageEvents(figures).slice(0, events).map(eventText).join("");
    response.write(text, () => response.socket?.resetAndDestroy());
  };

describe("§11.3 the proxy survives the provider", () => {
  it.each([429, 529, 500, 401])("a refusal with %i arrives as it is, and costs nothing", async (status) => {
    const body = { type: "error", error: { type: "some_error", message: "no" } };
    const { proxy, ask } = await stageWith((response) => {
      response.setHeader("retry-after", "17");
      response.setHeader("request-id", "req_1");
      response.setHeader("set-cookie", "a=b");
      answerJson(response, status, body);
    });
    const meter = proxy.open(1);
    const answer = await ask();
    expect([answer.status, await answer.json()]).toEqual([status, body]);
    expect(answer.headers.get("retry-after")).toBe("17");
    expect(answer.headers.get("request-id")).toBe("req_1");
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(meter.usage()).toMatchObject(nothingUsed);
  });

  it("nobody there: an error in the provider's form, and nothing was used", async () => {
    const { proxy, ask } = await stageWith(streaming(figures), {
      upstream: { kind: "anthropic", baseUrl: await nobodyAt(), apiKey: realKey },
    });
    const meter = proxy.open(1);
    const answer = await ask();
    const error = { type: "api_error", message: containing("ECONNREFUSED") };
    expect([answer.status, await answer.json()]).toEqual([502, { type: "error", error }]);
    expect(meter.usage()).toMatchObject(nothingUsed);
    expect(meter.chargedUsd()).toBe(0);
  });

  it("a connection that breaks before the answer: an error, and the cost is not known", async () => {
    const { proxy, ask } = await stageWith((response) => void response.socket?.resetAndDestroy());
    const meter = proxy.open(1);
    expect((await ask()).status).toBe(502);
    expect(meter.usage()).toMatchObject({ costUsd: null });
    expect(meter.chargedUsd()).toBeGreaterThan(0);
  });

  it("an answer that breaks off breaks off for the agent: its tokens are kept, its cost is not known", async () => {
    const { proxy, ask } = await stageWith(breakingAfter(2));
    const meter = proxy.open(1);
    await expect((await ask()).text()).rejects.toThrow();
    expect(meter.usage()).toMatchObject({ inputTokens: 10, outputTokens: 1, costUsd: null });
    // What was seen of it counts against the budget all the same.
    expect(meter.chargedUsd()).toBeGreaterThan(10 * 0.001);
  });

  it("an answer that breaks off after its last figures is measured", async () => {
    const { proxy, ask } = await stageWith(breakingAfter(3));
    const meter = proxy.open(1);
    await expect((await ask()).text()).rejects.toThrow();
    expect(meter.usage().costUsd).toBeCloseTo(0.05, 9);
  });

  it("silence ends after its time, with an error that says so", async () => {
    const { proxy, ask } = await stageWith(() => undefined, { silenceMs: 100 });
    const meter = proxy.open();
    const answer = await ask();
    expect([answer.status, await answer.text()]).toEqual([504, matching(/no answer/)]);
    expect(meter.usage().costUsd).toBeNull();
  });

  it.each([
    ["text that is none", "text/event-stream", "\u0000\u0001garbage\n\ndata: {]\n\ndata:\n\n"],
    ["frames that are none", "application/vnd.amazon.eventstream", "\uffff".repeat(100)],
    ["figures that are none", "application/json", '{"type":"message","usage":{"input_tokens":-1}}'],
    ["a page", "text/html", "<h1>gateway</h1>"],
  ])("%s flows past, and the cost is not known", async (_, type, body) => {
    const { proxy, ask } = await stageWith((response) => {
      response.writeHead(200, { "content-type": type }).end(body);
    });
    const meter = proxy.open();
    expect(await (await ask()).text()).toBe(body);
    expect(meter.usage()).toMatchObject({ costUsd: null, turns: 1 });
  });

  it("an agent that goes away takes its call along", async () => {
    const gone = createGate();
    const { proxy, ask } = await stageWith((response) => {
      response.once("close", () => gone.open());
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(messageEvents(figures).slice(0, 1).map(eventText).join(""));
    });
    const meter = proxy.open();
    const left = new AbortController();
    const answer = await ask(aCall(), { signal: left.signal });
    left.abort();
    await gone.opened;
    await expect(answer.text()).rejects.toThrow();
    expect(meter.usage().costUsd).toBeNull();
  });

  it("a redirection leads the agent nowhere", async () => {
    const { proxy, ask } = await stageWith((response) => {
      response.writeHead(307, { location: "https://elsewhere.example/" }).end();
    });
    proxy.open();
    const answer = await ask(aCall(), { redirect: "manual" });
    expect(answer.headers.get("location")).toBeNull();
  });

  it("uses a connection again, and shows the real key in no log and no error", async () => {
    const { proxy, ask, provider, logged } = await stageWith(streaming(figures));
    for (let count = 0; count < 5; count += 1) {
      proxy.open(1);
      await (await ask()).text();
    }
    expect(provider.connections()).toBe(1);
    proxy.open(0);
    expect(await (await ask()).text()).not.toContain(realKey);
    expect(JSON.stringify(logged)).not.toContain(realKey);
  });

  it("closing ends what is under way, and does not wait for it", async () => {
    const asked = createGate();
    const { proxy, ask } = await stageWith(() => asked.open());
    proxy.open();
    const answer = ask();
    await asked.opened;
    await Promise.all([expect(answer).rejects.toThrow(), proxy.close()]);
  });
});

/** An address where nobody listens any more. */
const nobodyAt = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
};
