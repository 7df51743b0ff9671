import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import Fastify from "fastify";
import { expect, it } from "vitest";
import { limitUnprovenBodies } from "./unproven-bodies.ts";

it("§11.9 a body that does not arrive in time is hung up on, and one that does may be worked on for longer", async () => {
  const app = Fastify();
  limitUnprovenBodies(app, { totalBytes: 1_000, bodyBytes: 100, patienceMs: 100, retryAfterSeconds: 1 });
  app.post("/", async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return "done";
  });
  try {
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const post = (body: string) => {
      const socket = connect(port, "127.0.0.1");
      const headers = [
        "Host: localhost",
        "Connection: close",
        "Content-Type: text/plain",
        "Content-Length: 4",
      ];
      socket.write(`POST / HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`);
      return socket;
    };
    expect(await text(post("body"))).toContain("done");
    const endless = post("bo");
    endless.on("error", () => undefined);
    const [answer] = await Promise.all([text(endless).catch(() => ""), once(endless, "close")]);
    expect(answer).not.toContain("done");
  } finally {
    await app.close();
  }
});
