import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logTail, saveLog } from "./container-log.ts";
import { createEngineClient, type EngineClient } from "./engine-client.ts";

const frame = (text: string, stream = 1): Buffer => {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

describe("a container's log (§8.6)", () => {
  let directory: string;
  let server: Server;
  let engine: EngineClient;
  let pieces: readonly Buffer[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "ai-implement-log-"));
    server = createServer((_, response) => {
      for (const piece of pieces) response.write(piece);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    engine = createEngineClient(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  });
  const saved = async (): Promise<string> => {
    const file = join(directory, "runner.log");
    await saveLog(engine, "one", file);
    return readFile(file, "utf8");
  };

  it("is put together from both streams, wherever the engine cuts its frames", async () => {
    const whole = Buffer.concat([frame("one\n"), frame("zwölf\n", 2), frame(""), frame("three\n")]);
    pieces = Array.from(whole, (byte) => Buffer.from([byte]));
    expect(await saved()).toBe("one\nzwölf\nthree\n");
    expect(await logTail(engine, "one", 7)).toBe("\nthree\n".trim());
  });

  it("is kept without credentials, also where a frame ends within one", async () => {
    pieces = [frame("token ghp_0123456789abc"), frame("defghijklmnopqrstuvwxyz\n")];
    expect(await saved()).toBe("token [redacted]\n");
  });

  it("ends at 10 MB, and says so", async () => {
    const megabyte = frame(`${"x".repeat(1023)}\n`.repeat(1024));
    pieces = Array.from({ length: 14 }, () => megabyte);
    const log = await saved();
    expect(log.length).toBeLessThan(10.1 * 1024 * 1024);
    expect(log.slice(-60)).toContain("[cut: the log has more than 10485760 bytes]");
  });
});
