import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";

const runner = fileURLToPath(new URL("../packages/runner/dist/runner.js", import.meta.url));

let directory: string;
let server: Server;
let connections = 0;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ai-implement-claim-"));
  server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => undefined);
    if (connections === 1) socket.end();
    else
      socket.once("data", () =>
        socket.end("HTTP/1.1 409 Conflict\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

it("§8.1 a runner whose claim meets a service that is just being killed claims again", async () => {
  const { exitCode, stderr } = await execa(process.execPath, [runner], {
    env: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      AI_IMPLEMENT_RUN_ID: "0193f1a0-0000-7000-8000-000000000001",
      AI_IMPLEMENT_ATTEMPT_DIR: directory,
      AI_IMPLEMENT_ORCHESTRATOR_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AI_IMPLEMENT_CLAIM_TOKEN: "claim-token",
    },
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
  expect(stderr).toContain("was refused");
  expect(exitCode).toBe(3);
  expect(connections).toBe(2);
}, 90_000);
