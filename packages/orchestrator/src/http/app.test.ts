import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createMemoryReadStore } from "./testing/memory-read-store.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

let test: TestApp;
afterEach(() => test.app.close());

// vitest types its matchers as `any`.
const anyText: unknown = expect.any(String);
const anError: unknown = expect.any(Error);
const aUuid: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
const answered401: unknown = expect.objectContaining({ route: "/api/log", statusCode: 401 });

const secret = "a-secret-that-nobody-may-see";

describe("A handler that throws (§13, §11.10)", () => {
  it("is a 500 with the request's id and nothing of the cause, which is in the log", async () => {
    test = await createTestApp({
      store: {
        ...createMemoryReadStore({}),
        listLeases: () => Promise.reject(new Error(`the disk said ${secret}`)),
      },
    });
    const answer = await test.ask("GET", "/api/dedup");
    const requestId = answer.headers["x-request-id"];
    expect(answer).toMatchObject({ status: 500, body: { error: "internal error", requestId } });
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(test.log.filter(({ level }) => level === "error")).toEqual([
      {
        level: "error",
        fields: { requestId, method: "GET", route: "/api/dedup", err: anError },
        message: "A request failed.",
      },
    ]);
    expect((await test.app.inject("/livez")).statusCode).toBe(200);
  });

  it("is the slug internal_error to a runner", async () => {
    const broken = () => {
      throw new TypeError(secret);
    };
    test = await createTestApp({
      runnerGateway: { claim: broken, credential: broken, progress: broken, result: broken },
    });
    const answer = await test.app.inject({
      method: "POST",
      url: "/runner/claim",
      headers: { authorization: "Bearer token" },
      payload: {
        runId: "01935000-0000-7000-8000-000000000001",
        instance: "6f0d6f5e-2f4c-4a39-9f0c-3f1f6f0b9a11",
      },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ error: "internal_error" });
    expect(answer.body).not.toContain(secret);
  });

  it("is a 500 as well where the error of a vendor's client carries a 4xx of its own", async () => {
    const vendorSaidNo = Object.assign(new Error("GitHub: 404"), { statusCode: 404 });
    const store = { ...createMemoryReadStore({}), listRuns: () => Promise.reject(vendorSaidNo) };
    test = await createTestApp({ store });
    expect((await test.ask("GET", "/api/log")).status).toBe(500);
  });

  it("is a 500 as well where an error only looks like a bad cursor", async () => {
    const store = { ...createMemoryReadStore({}), listRuns: () => Promise.reject(new RangeError("bug")) };
    test = await createTestApp({ store });
    expect((await test.ask("GET", "/api/log")).status).toBe(500);
  });
});

describe("Bad requests (§13, §11.9)", () => {
  it.each(["/nothing", "/api/nothing", "/runner", "/api//log", "/api/log/", "/%2e%2e/etc/passwd"])(
    "answers 404 JSON to %s, whatever its body",
    async (url) => {
      test = await createTestApp();
      const headers = { authorization: "Bearer x", "content-type": "text/plain" };
      const answer = await test.app.inject({ method: "POST", url, headers, payload: "x".repeat(500_000) });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toEqual({ error: "not_found" });
    },
  );

  it.each([
    { name: "malformed JSON", type: "application/json", payload: '{"teamKey":' },
    { name: "a prototype in the JSON", type: "application/json", payload: '{"__proto__":{"admin":true}}' },
    { name: "another format", type: "text/plain", payload: "teamKey=demo" },
    { name: "no content type that makes sense", type: ";;;", payload: "{}" },
  ])("answers 400 to $name", async ({ type, payload }) => {
    test = await createTestApp();
    const answer = await test.ask("POST", "/api/mappings", { headers: { "content-type": type }, payload });
    expect(answer).toMatchObject({ status: 400, body: { error: anyText } });
  });

  it("answers 413 to a body above the limit", async () => {
    test = await createTestApp();
    const answer = await test.ask("POST", "/api/mappings", { payload: { teamKey: "x".repeat(300_000) } });
    expect(answer).toMatchObject({ status: 413, body: { error: anyText } });
  });

  it("answers 400 to a URL that cannot be decoded", async () => {
    test = await createTestApp();
    const answer = await test.ask("GET", "/api/mappings/%E0%A4%A");
    expect(answer).toMatchObject({ status: 400, body: { error: anyText } });
  });
});

describe("Every response (§11.9)", () => {
  it.each(["/", "/nothing", "/api/log"])(
    "of %s forbids everything to a browser and is not stored",
    async (url) => {
      test = await createTestApp();
      const { headers } = await test.app.inject(url);
      expect(headers).toMatchObject({
        "content-security-policy":
          "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-request-id": aUuid,
      });
    },
  );

  it("has an id that the client cannot choose", async () => {
    test = await createTestApp();
    const { headers } = await test.app.inject({ url: "/", headers: { "x-request-id": "mine" } });
    expect(headers["x-request-id"]).not.toBe("mine");
  });

  it("is logged without body, bearer or query string (§11.10)", async () => {
    test = await createTestApp();
    await test.ask("GET", `/api/log?teamKey=${secret}`);
    await test.app.inject({ method: "POST", url: "/api/auth", payload: { code: secret } });
    await test.app.inject({ url: "/api/log", headers: { authorization: `Bearer ${secret}` } });
    expect(test.log).toContainEqual(expect.objectContaining({ fields: answered401 }));
    expect(JSON.stringify(test.log)).not.toContain(secret);
    expect(JSON.stringify(test.log)).not.toContain("open sesame");
  });
});

describe("Bytes on a real socket (§11.9): no input ends the process", () => {
  const send = (port: number, bytes: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      socket.setEncoding("utf8");
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      // A peer that closes while we are still writing resets: what it said before is the answer.
      socket.on("error", () => resolve(answer));
      socket.on("close", () => resolve(answer));
    });

  it.each([
    { name: "no HTTP at all", bytes: "\u0000\u0001hello\r\n\r\n", status: "400" },
    {
      name: "a flood of headers",
      bytes: `GET / HTTP/1.1\r\nHost: x\r\n${"X-Flood: aaaaaaaaaaaaaaaa\r\n".repeat(1_000)}`,
      status: "431",
    },
  ])("answers $status to $name", async ({ bytes, status }) => {
    test = await createTestApp();
    const address = await test.app.listen({ host: "127.0.0.1", port: 0 });
    const answer = await send(Number(new URL(address).port), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"error":');
    const after = await fetch(`${address}/livez`);
    expect(after.status).toBe(200);
  });
});
