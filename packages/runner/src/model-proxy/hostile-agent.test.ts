import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { streaming } from "./testing/fake-provider.ts";
import { createGate } from "./testing/gate.ts";
import { aCall, openProxyStage, type ProxyStage } from "./testing/proxy-stage.ts";

let stage: ProxyStage;
beforeEach(async () => {
  stage = await openProxyStage(streaming({ input: 1, output: 1 }), { maxBodyBytes: 100_000 });
});
afterEach(() => stage.close());

/** Writes raw bytes and reads until the other side ends, or for a moment. */
const write = (bytes: Buffer | string, waitMs = 50): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(stage.proxy.url).port), "127.0.0.1");
    let read = "";
    socket.on("data", (chunk) => {
      read += chunk.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(read));
    socket.setTimeout(waitMs, () => socket.destroy());
    socket.write(bytes);
  });

const isStillWorking = async (): Promise<void> => {
  stage.proxy.open();
  const answer = await stage.ask();
  expect([answer.status, (await answer.text()).includes("message_stop")]).toEqual([200, true]);
};

describe("§11.3 nothing that the agent sends ends or blocks the proxy", () => {
  it("bodies of any form", async () => {
    stage.proxy.open(1);
    const members = {
      model: fc.anything(),
      max_tokens: fc.anything(),
      stream: fc.anything(),
      service_tier: fc.anything(),
    };
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record(members, { requiredKeys: [] }).map((value) => JSON.stringify(value, noBigInts)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await stage.ask(text);
        await answer.text();
        expect(answer.status).toBe(400);
      }),
      { numRuns: 150 },
    );
    expect(stage.provider.requests).toEqual([]);
    await isStillWorking();
  });

  it("a body that says something twice: the provider reads what was counted", async () => {
    const session = stage.proxy.open(1);
    const twice = JSON.stringify(aCall()).replace(
      "{",
      '{"model":"dear-model","max_tokens":64000,"speed":"fast",',
    );
    const answer = await stage.ask(twice.replace('"stream"', '"speed":"standard","stream"'));
    expect([answer.status, (await answer.text()).includes("message_stop")]).toEqual([200, true]);
    expect(stage.provider.requests).toHaveLength(1);
    expect(stage.provider.requests[0]?.body.match(/"(model|max_tokens|speed)":/g)).toHaveLength(3);
    expect(JSON.parse(stage.provider.requests[0]?.body ?? "")).toEqual({ ...aCall(), speed: "standard" });
    expect(session.byModel().map(({ model }) => model)).toEqual(["test-model"]);
  });

  it("a body that is nested without end", async () => {
    stage.proxy.open();
    const nested = `{"model":"test-model","x":${"[".repeat(40_000)}${"]".repeat(40_000)}}`;
    expect((await stage.ask(nested)).status).toBe(400);
    expect((await stage.ask("[".repeat(90_000))).status).toBe(400);
    await isStillWorking();
  });

  it("a body that is too large, whether it says so or not", async () => {
    stage.proxy.open();
    const text = JSON.stringify(aCall({ messages: "x".repeat(200_000) }));
    expect((await stage.ask(text)).status).toBe(413);
    const head = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${stage.proxy.token}\r\n`;
    const chunk = `${(60_000).toString(16)}\r\n${"x".repeat(60_000)}\r\n`;
    expect(await write(`${head}transfer-encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}`)).toMatch(
      /^HTTP\/1.1 413/,
    );
    await isStillWorking();
  });

  it("bytes that are no HTTP", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await write(Buffer.from(bytes), 5);
      }),
      { numRuns: 40 },
    );
    await isStillWorking();
  });

  it.each([
    ["two lengths", "content-length: 5\r\ncontent-length: 6\r\n\r\nhello"],
    ["a length and chunks", "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a negative length", "content-length: -5\r\n\r\n"],
    ["headers without end", `x: ${"y".repeat(40_000)}\r\n\r\n`],
    ["an upgrade", "connection: upgrade\r\nupgrade: websocket\r\n\r\n"],
    ["half a body", "content-length: 500\r\n\r\n{"],
  ])("a request with %s", async (_, rest) => {
    stage.proxy.open();
    await write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${stage.proxy.token}\r\n${rest}`);
    expect(stage.provider.requests).toEqual([]);
    await isStillWorking();
  });

  it.each([
    "CONNECT api.anthropic.com:443",
    "GET http://169.254.169.254/",
    "OPTIONS *",
    "POST http://x/v1/messages",
  ])("a request for another host: %s", async (line) => {
    stage.proxy.open();
    await write(
      `${line} HTTP/1.1\r\nhost: x\r\nx-api-key: ${stage.proxy.token}\r\ncontent-length: 0\r\n\r\n`,
    );
    expect(stage.provider.requests).toEqual([]);
    await isStillWorking();
  });

  it.each([
    { mcp_servers: [{ type: "url", url: "https://evil.example" }] },
    { tools: [{ name: "ok" }, { type: "web_fetch_20250910", name: "web_fetch" }] },
    { tools: [{ type: "code_execution_20250825" }] },
    { tools: [{ type: ["web_search_20250305"] }] },
    {
      messages: [
        { role: "user", content: [{ type: "image", source: { type: "url", url: "https://evil.example" } }] },
      ],
    },
    {
      messages: [
        {
          role: "user",
          content: [{ type: "tool_result", content: [{ type: "document", source: { type: "url" } }] }],
        },
      ],
    },
    {
      input: [
        { role: "user", content: [{ type: "input_image", image_url: "https://evil.example/?secret" }] },
      ],
    },
  ])("a request that would have the provider reach out for it: %j", async (part) => {
    stage.proxy.open();
    expect((await stage.ask(aCall(part))).status).toBe(400);
    expect(stage.provider.requests).toEqual([]);
  });

  it("an address in what the model wrote itself is none of that", async () => {
    stage.proxy.open();
    const input = { source: { type: "url", url: "https://example.com" } };
    const messages = [{ role: "assistant", content: [{ type: "tool_use", id: "1", name: "x", input }] }];
    const tools = [
      { name: "x", input_schema: {} },
      { type: "bash_20250124", name: "bash" },
    ];
    expect((await stage.ask(aCall({ messages, tools }))).status).toBe(200);
  });

  it("headers that name others as the connection's own", async () => {
    stage.proxy.open();
    const body = JSON.stringify(aCall());
    const headers = `connection: close, x-api-key, anthropic-beta\r\nanthropic-beta: a\r\ncontent-length: ${body.length}`;
    await write(
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${stage.proxy.token}\r\n${headers}\r\n\r\n${body}`,
    );
    const seen = stage.provider.requests[0]?.headers;
    expect(seen?.["x-api-key"]).toBe("sk-ant-the-real-key");
    expect(seen?.["anthropic-beta"]).toBeUndefined();
  });

  it("more at once than it takes: each is answered", async () => {
    const gate = createGate();
    const busy = await openProxyStage(async (response, request) => {
      await gate.opened;
      await streaming({ input: 1, output: 1 })(response, request);
    });
    busy.proxy.open();
    let refused = 0;
    const ask = async (): Promise<number> => {
      const { status } = await busy.ask();
      refused += status === 429 ? 1 : 0;
      // The others go on when all of these have been answered.
      if (refused === 36) gate.open();
      return status;
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, ask));
    expect([64, 36]).toEqual(
      [200, 429].map((wanted) => statuses.filter((status) => status === wanted).length),
    );
    await busy.close();
  });

  it("agents that leave at any moment", async () => {
    stage.proxy.open(1_000);
    const body = JSON.stringify(aCall());
    const whole = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${stage.proxy.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        write(whole.slice(0, whole.length - (index % 20)), 1 + (index % 7)),
      ),
    );
    await isStillWorking();
  });
});

const noBigInts = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? null : value);
