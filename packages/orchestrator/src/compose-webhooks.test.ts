import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compose, type Orchestrator } from "./compose.ts";
import { describeProblems, parseConfig } from "./config.ts";
import { createRecordingLogger, type RecordingLogger } from "./services/testing/recording-logger.ts";

const secret = "a signing secret of Linear's";
const mebibyte = 1024 * 1024;

const news = (more: object = {}): string =>
  JSON.stringify({
    type: "Issue",
    action: "update",
    webhookTimestamp: Date.now(),
    data: { id: randomUUID(), identifier: "ACME-1", labels: [] },
    ...more,
  });
/** As JSON writes it, so many bytes long. */
const newsOf = (bytes: number): string => news({ filler: "x".repeat(bytes - news({ filler: "" }).length) });

const signature = (body: string | Buffer): string =>
  `Linear-Signature: ${createHmac("sha256", secret).update(body).digest("hex")}`;
const length = (body: string | Buffer): string => `Content-Length: ${Buffer.byteLength(body)}`;
const chunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n`;

describe("what strangers send to a webhook's door (§11.9)", () => {
  let folder: string;
  let orchestrator: Orchestrator;
  let logger: RecordingLogger;
  let sockets: Socket[];
  beforeEach(async () => {
    sockets = [];
    folder = await mkdtemp(join(tmpdir(), "ai-implement-door-"));
    for (const name of ["forge", "tickets"]) await mkdir(join(folder, name));
    const env = {
      LOCAL_FORGE_DIR: join(folder, "forge"),
      TICKETS_DIR: join(folder, "tickets"),
      DEDUP_DB_PATH: join(folder, "dedup.sqlite"),
      LINEAR_WEBHOOK_SECRET: secret,
    };
    const result = parseConfig(env, { production: false, interactive: false });
    if (!result.ok) throw new Error(describeProblems(result.problems));
    logger = createRecordingLogger();
    orchestrator = await compose({ config: result.config, logger, path: "" });
    const url = await orchestrator.app.listen({ port: 0, host: "127.0.0.1" });
    await orchestrator.start(url);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await orchestrator.close();
    await rm(folder, { recursive: true, force: true });
    expect(logger.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  const send = (headers: readonly string[], body: string | Buffer): Socket => {
    const address = orchestrator.app.server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    const socket = connect(address.port, "127.0.0.1");
    // A peer that is hung up on while it still sends is what some of these are about.
    socket.on("error", () => undefined);
    sockets.push(socket);
    const lines = ["POST /api/linear/webhook HTTP/1.1", "Host: localhost", "Connection: close", ...headers];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    socket.write(body);
    return socket;
  };
  /** The beginning of a body, to a service that has asked for it. */
  const sendHalf = async (bytes: number): Promise<Socket> => {
    const socket = send([`Content-Length: ${bytes}`, signature(""), "Expect: 100-continue"], "half");
    await once(socket, "readable");
    return socket;
  };
  /** The status of the last answer, once the service has hung up. */
  const statusOf = async (socket: Socket): Promise<number> =>
    Number(
      (await text(socket))
        .match(/HTTP\/1\.1 \d{3}/g)
        ?.at(-1)
        ?.slice("HTTP/1.1 ".length),
    );
  const status = (headers: readonly string[], body: string | Buffer) => statusOf(send(headers, body));
  const signed = (body: string | Buffer) => status([length(body), signature(body)], body);

  it.each<[string, number, (body: string) => readonly string[]]>([
    ["its signature in upper case", 200, (body) => [length(body), signature(body).toUpperCase()]],
    ["Expect: 100-continue", 200, (body) => [length(body), signature(body), "Expect: 100-continue"]],
    ["an expectation of its own", 417, (body) => [length(body), signature(body), "Expect: money"]],
    ["its signature twice", 401, (body) => [length(body), signature(body), signature(body)]],
    ["a signature of no ASCII", 401, (body) => [length(body), `Linear-Signature: ${"ü".repeat(64)}`]],
    ["a length that is too short", 400, (body) => [`Content-Length: ${body.length - 1}`, signature(body)]],
    ["two lengths", 400, (body) => [length(body), "Content-Length: 5", signature(body)]],
    ["a negative length", 400, (body) => ["Content-Length: -1", signature(body)]],
    ["a length and chunks", 400, (body) => [length(body), "Transfer-Encoding: chunked", signature(body)]],
  ])("a delivery with %s gets %d", async (_, expected, headersOf) => {
    const body = news();
    expect(await status(headersOf(body), body)).toBe(expected);
  });

  it("chunks are as good as a length, and too many of them get 413 before they end", async () => {
    const body = news();
    const headers = ["Transfer-Encoding: chunked", signature(body)];
    expect(await status(headers, `${chunk(body)}0\r\n\r\n`)).toBe(200);
    expect(await status(headers, chunk("x".repeat(mebibyte / 8)).repeat(9))).toBe(413);
  });

  it("1 MiB is taken, and a byte more is not, nor waited for", async () => {
    for (const bytes of [mebibyte - 1, mebibyte]) expect(await signed(newsOf(bytes))).toBe(200);
    expect(await signed(newsOf(mebibyte + 1))).toBe(413);
    expect(await status([`Content-Length: ${mebibyte + 1}`], "")).toBe(413);
  });

  it("a compressed body is taken as its bytes are: nothing is unpacked", async () => {
    const body = news();
    const packed = gzipSync(body);
    const encoded = [length(packed), "Content-Encoding: gzip"];
    expect(await status([...encoded, signature(body)], packed)).toBe(401);
    expect(await status([...encoded, signature(packed)], packed)).toBe(400);
  });

  it.each([
    ["a prototype of its own", 200, () => news().replace("{", '{"__proto__":{"type":"Issue"},')],
    ["a million labels", 400, () => news().replace('"labels":[]', `"labels":[${"1,".repeat(400_000)}1]`)],
    ["an id that is a number", 400, () => news({ data: { id: 5, identifier: "ACME-1" } })],
    ["an id that is a path", 400, () => news({ data: { id: "../../x", identifier: "ACME-1" } })],
    ["an endless id", 400, () => news({ data: { id: "a".repeat(10_000), identifier: "ACME-1" } })],
    ["a time that is text", 400, () => news({ webhookTimestamp: String(Date.now()) })],
    ["half a millisecond", 400, () => news({ webhookTimestamp: Date.now() + 0.5 })],
    ["a time that is no number", 400, () => news({ webhookTimestamp: Number.NaN })],
    ["a time before all times", 401, () => news({ webhookTimestamp: -1 })],
    ["a time in seconds", 401, () => news({ webhookTimestamp: Math.round(Date.now() / 1_000) })],
    ["an endless time", 400, () => news().replace(/(?<="webhookTimestamp":)\d+/, "1e400")],
  ])("signed JSON with %s gets %d", async (_, expected, bodyOf) => {
    expect(await signed(bodyOf())).toBe(expected);
  });

  it("bodies that never end fill no memory: what comes on top of 32 MiB gets 503, until they are given up", async () => {
    const body = news();
    expect(await signed(body)).toBe(200);
    for (let n = 0; n < 32; n += 1) await sendHalf(mebibyte);
    expect(await signed(body)).toBe(503);
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect.poll(() => signed(body)).toBe(200);
  });

  it("a body that never ends does not hold up the end of the service", async () => {
    const endless = await sendHalf(1_000);
    const ended = text(endless);
    await orchestrator.close();
    await ended;
  });
});
