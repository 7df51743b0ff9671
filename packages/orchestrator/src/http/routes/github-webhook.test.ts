import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createGithubWebhook } from "../../adapters/forge/github/github-webhook.ts";
import { createRecordingLogger } from "../../services/testing/recording-logger.ts";
import { createForgeWebhooks } from "../../services/webhooks/forge-webhooks.ts";
import { commentOn, githubSecret, signedWith } from "../../services/webhooks/testing/github-sender.ts";
import { startOfTests } from "../testing/fixtures.ts";
import { accessCode, createTestApp, type TestApp } from "../testing/test-app.ts";

let test: TestApp;
afterEach(() => test.app.close());

const url = "/api/github/webhook";
const delivery = commentOn({ owner: "acme", name: "tally" }, 7);
const body = delivery.rawBody.toString();

/** The service over a store that is a set. */
const open = async ({ code = accessCode as string | null, secret = githubSecret as string | null } = {}) => {
  const remembered = new Set<string>();
  const service = { remembered, isFull: false };
  const webhooks = createForgeWebhooks({
    store: {
      async rememberDelivery(_, id) {
        if (service.isFull) throw new Error("database or disk is full");
        const isNew = !remembered.has(id);
        remembered.add(id);
        return isNew;
      },
      findPullRequestByNumber: async () => null,
      listLiveRuns: async () => [],
    },
    reader: secret === null ? null : createGithubWebhook({ secret }),
    onPullRequest: () => undefined,
    onRun: () => undefined,
    onAccess: () => undefined,
    clock: { now: () => startOfTests },
    logger: createRecordingLogger(),
  });
  test = await createTestApp({ forgeWebhooks: webhooks, accessCode: code });
  return { service, webhooks, remembered };
};

const post = async (payload: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await test.app.inject({
    method: "POST",
    url,
    headers: { ...delivery.headers, ...headers },
    payload,
  });
  return { status: answer.statusCode, body: answer.json() as unknown, headers: answer.headers };
};

describe("POST /api/github/webhook (§11.9, §12)", () => {
  it.each([
    ["with", accessCode],
    ["without", null],
  ])("is there %s an access code, and answers the same delivery the same", async (_, code) => {
    const { remembered } = await open({ code });
    for (let n = 0; n < 3; n += 1)
      expect(await post(body)).toMatchObject({ status: 200, body: { ok: true } });
    expect(remembered.size).toBe(1);
  });

  it("takes the bytes as they are: JSON in its own spelling, whatever charset is announced", async () => {
    await open();
    const spelt = `\n ${body.replaceAll('":', '" :\t')} `;
    const signature = signedWith(githubSecret, spelt);
    const json = { "x-hub-signature-256": signature, "content-type": "application/json; charset=utf-8" };
    expect((await post(spelt, json)).status).toBe(200);
  });

  it.each([
    ["the same JSON written anew under the old signature", JSON.stringify(JSON.parse(body), null, 2), {}],
    ["a signature made with another secret", body, { "x-hub-signature-256": signedWith("guessed", body) }],
    ["none", body, { "x-hub-signature-256": "" }],
    ["the signature of another body", body, { "x-hub-signature-256": signedWith(githubSecret, "{}") }],
    [
      "GitHub's old signature alone",
      body,
      { "x-hub-signature-256": "", "x-hub-signature": signedWith(githubSecret, body) },
    ],
  ])("answers 401 to %s, says nothing of why, and remembers nothing", async (_, payload, headers) => {
    const { remembered } = await open();
    const answer = await post(payload, headers);
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.body)).not.toMatch(/GITHUB_WEBHOOK_SECRET|sha256/);
    expect(remembered.size).toBe(0);
  });

  it("answers 401 to every request while its secret is not set (§4.1)", async () => {
    await open({ secret: null });
    expect((await post(body)).status).toBe(401);
    expect((await post(body, { "x-hub-signature-256": signedWith("", body) })).status).toBe(401);
  });

  it("answers 400 to a form, and says which content type the webhook needs", async () => {
    const { remembered } = await open();
    const form = `payload=${encodeURIComponent(body)}`;
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-hub-signature-256": signedWith(githubSecret, form),
    };
    const answer = await post(form, headers);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringContaining("application/json") as string });
    expect(remembered.size).toBe(0);
    expect((await post(form, { ...headers, "x-hub-signature-256": "sha256=0" })).status).toBe(401);
  });

  it.each([
    ["no JSON", "once upon a time"],
    ["nothing", ""],
    ["arrays in arrays, 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
    ["another event's", '{"zen":"Keep it logically awesome."}'],
  ])("answers 400 to a signed body that is %s", async (_, payload) => {
    const { remembered } = await open();
    const answer = await post(payload, { "x-hub-signature-256": signedWith(githubSecret, payload) });
    expect(answer.status).toBe(400);
    expect(remembered.size).toBe(0);
  });

  it("takes up to 4 MiB, as the description of a pull request comes several times over", async () => {
    await open();
    const large = JSON.stringify({ ...(JSON.parse(body) as object), filler: "x".repeat(4_000_000) });
    expect((await post(large, { "x-hub-signature-256": signedWith(githubSecret, large) })).status).toBe(200);
  });

  it("answers 503 with Retry-After while nothing can be recorded or the service stops", async () => {
    const { service, webhooks, remembered } = await open();
    service.isFull = true;
    const full = await post(body);
    service.isFull = false;
    expect((await post(body)).status).toBe(200);
    webhooks.stop();
    const stopped = await post(body, { "x-github-delivery": "another" });
    for (const { status, headers } of [full, stopped]) {
      expect(status).toBe(503);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    expect(remembered.size).toBe(1);
  });

  it("is a POST and nothing else", async () => {
    await open();
    expect((await test.app.inject(url)).statusCode).toBe(404);
  });
});

describe("POST /api/github/webhook over a socket (§11.9)", () => {
  const listen = async () => {
    const opened = await open();
    const address = await test.app.listen({ host: "127.0.0.1", port: 0 });
    return { ...opened, port: Number(new URL(address).port) };
  };
  const headOf = (headers: readonly string[]): string =>
    [`POST ${url} HTTP/1.1`, "Host: localhost", "Content-Type: application/json", ...headers, "", ""].join(
      "\r\n",
    );
  const signed = Object.entries(delivery.headers)
    .filter(([name]) => name !== "content-type")
    .map(([name, value]) => `${name}: ${value}`);

  /** The first answer, while the request may go on for ever. */
  const ask = (port: number, head: string, send: (write: (chunk: string | Buffer) => void) => void) => {
    const socket = connect(port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => {
      let text = "";
      socket.setEncoding("utf8");
      socket.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes("\r\n\r\n")) resolve(text);
      });
      // What was said before a reset is the answer.
      socket.on("error", () => resolve(text));
      socket.on("close", () => resolve(text));
    });
    socket.write(head);
    send((chunk) => void socket.write(chunk));
    return { answer, socket };
  };
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

  it("answers 413 to 30 MB that are announced, before any of them is there", async () => {
    const { port, remembered } = await listen();
    const head = headOf([...signed, "Content-Length: 31457280"]);
    const { answer, socket } = ask(port, head, () => undefined);
    expect(statusOf(await answer)).toBe(413);
    socket.destroy();
    expect(remembered.size).toBe(0);
  });

  it("answers 413 to 30 MB that are not announced, once 4 MiB of them are there", async () => {
    const { port } = await listen();
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, 0x20), Buffer.from("\r\n")]);
    const { answer, socket } = ask(port, headOf([...signed, "Transfer-Encoding: chunked"]), (write) => {
      for (let n = 0; n < 65; n += 1) write(chunk);
    });
    expect(statusOf(await answer)).toBe(413);
    socket.destroy();
  });

  it("takes a body that comes byte by byte, in chunks", async () => {
    const { port, remembered } = await listen();
    const { answer, socket } = ask(port, headOf([...signed, "Transfer-Encoding: chunked"]), (write) => {
      for (const byte of delivery.rawBody) write(`1\r\n${String.fromCharCode(byte)}\r\n`);
      write("0\r\n\r\n");
    });
    expect(statusOf(await answer)).toBe(200);
    socket.destroy();
    expect(remembered.size).toBe(1);
  });

  it("refuses a second signature beside the right one", async () => {
    const { port } = await listen();
    const both = [...signed, "X-Hub-Signature-256: sha256=0", `Content-Length: ${body.length}`];
    const { answer, socket } = ask(port, headOf(both), (write) => write(body));
    expect(statusOf(await answer)).toBe(401);
    socket.destroy();
  });

  it("answers 503 to what comes on top of the bodies that it holds, and takes deliveries again once they are gone", async () => {
    const { port } = await listen();
    const head = headOf([...signed, "Content-Length: 4194304"]);
    const held = Array.from({ length: 8 }, () => ask(port, head, (write) => write("{")));
    await expect.poll(async () => (await post(body)).status).toBe(503);
    for (const { socket } of held) socket.destroy();
    await expect.poll(async () => (await post(body)).status).toBe(200);
  });
});
