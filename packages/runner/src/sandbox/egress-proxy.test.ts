import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAllowList } from "./allow-list.ts";
import { type EgressProxy, openEgressProxy } from "./egress-proxy.ts";
import type { Resolve } from "./reach.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let target: Server;
let port: number;
let headers: IncomingHttpHeaders[];
beforeEach(async () => {
  headers = [];
  target = createServer((incoming, answer) => {
    headers.push(incoming.headers);
    answer.end(`${incoming.method} ${incoming.url}`);
  });
  await new Promise<void>((done) => target.listen(0, "127.0.0.1", done));
  const address = target.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  closing.push(async () => {
    target.closeAllConnections();
    await new Promise((done) => target.close(done));
  });
});

const logged: string[] = [];
const proxyFor = async (entries: readonly string[], resolve?: Resolve): Promise<EgressProxy> => {
  logged.length = 0;
  const { list } = parseAllowList({ entries, openUrls: [], closedUrls: [] });
  const options = { allowList: list, log: (line: string) => void logged.push(line) };
  const proxy = await openEgressProxy(resolve === undefined ? options : { ...options, resolve });
  closing.push(proxy.close);
  return proxy;
};

const portOfProxy = (proxy: EgressProxy): number => Number(new URL(proxy.url).port);

/** Everything that comes back until the connection ends, or as soon as it says `until`. */
const speak = (proxy: EgressProxy, text: string, until?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect(portOfProxy(proxy), "127.0.0.1", () => socket.write(text));
    let heard = "";
    socket.on("data", (chunk) => {
      heard += chunk.toString();
      if (until === undefined || !heard.includes(until)) return;
      socket.destroy();
      resolve(heard);
    });
    socket.on("close", () => resolve(heard));
    socket.on("error", reject);
  });

const tunnelTo = (proxy: EgressProxy, authority: string): Promise<string> =>
  speak(
    proxy,
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\nGET /inner HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  );

describe("§11.3 the way out of the sandbox", () => {
  it("leads through a tunnel to what the list names", async () => {
    const proxy = await proxyFor([`127.0.0.1:${port}`]);
    expect(await tunnelTo(proxy, `127.0.0.1:${port}`)).toMatch(
      /200 Connection Established[\s\S]*GET \/inner/,
    );
    expect(proxy.refused()).toBe(0);
  });

  it("leads to a plain URL that the list names, by the URL and not by the Host header", async () => {
    const proxy = await proxyFor([`127.0.0.1:${port}`]);
    const answer = await speak(
      proxy,
      `POST http://127.0.0.1:${port}/a?b HTTP/1.1\r\nHost: elsewhere.example\r\nProxy-Authorization: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200[\s\S]*POST \/a\?b/);
    expect(headers[0]).toMatchObject({ host: `127.0.0.1:${port}`, "content-length": "2" });
    expect(headers[0]).not.toHaveProperty("proxy-authorization");
  });

  it.each(["evil.example:443", "127.0.0.1:1", "[::1]:443", "registry.npmjs.org:22"])(
    "does not lead to %s",
    async (authority) => {
      const proxy = await proxyFor([`127.0.0.1:${port}`, "registry.npmjs.org"]);
      expect(await tunnelTo(proxy, authority)).toMatch(/^HTTP\/1.1 403[\s\S]*AGENT_EGRESS_HOSTS/);
      expect(await speak(proxy, `GET http://${authority}/ HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 403/,
      );
      expect(proxy.refused()).toBe(2);
      expect(proxy.refusedHosts()).toHaveLength(1);
    },
  );

  it("does not look a name up that is not on the list: the question alone would tell", async () => {
    const asked: string[] = [];
    const proxy = await proxyFor(["good.example"], async (host) => {
      asked.push(host);
      return [];
    });
    await tunnelTo(proxy, "secret.evil.example:443");
    expect(asked).toEqual([]);
  });

  it("does not lead to an address of the inside, whatever a listed name says, and asks once only", async () => {
    const answers = [["127.0.0.1"], ["169.254.169.254", "10.0.0.1"]];
    let asked = 0;
    const proxy = await proxyFor([`rebind.example:${port}`], async () => {
      asked += 1;
      return answers[asked - 1] ?? [];
    });
    for (let tries = 1; tries <= 2; tries += 1) {
      expect(await tunnelTo(proxy, `rebind.example:${port}`)).toMatch(/^HTTP\/1.1 403[\s\S]*not public/);
      expect(asked).toBe(tries);
    }
  });

  it("leads to an address of the inside that is named as well", async () => {
    const proxy = await proxyFor([`intern.example:${port}`, `127.0.0.1:${port}`], async () => ["127.0.0.1"]);
    expect(await tunnelTo(proxy, `intern.example:${port}`)).toContain("GET /inner");
  });

  it("says of a refused host once, without its control characters, and counts every time", async () => {
    const proxy = await proxyFor([]);
    for (const host of ["a.example", "a.example", "b.example"]) await tunnelTo(proxy, `${host}:443`);
    expect(logged).toHaveLength(2);
    for (let index = 0; index < 150; index += 1) await tunnelTo(proxy, `x${index}.example:443`);
    expect(logged.length).toBeLessThanOrEqual(101);
    expect(logged.join("")).toMatch(/^[\x20-\x7e]*$/);
    expect(proxy.refused()).toBe(153);
  });

  it.each([
    "CONNECT  HTTP/1.1\r\n\r\n",
    "CONNECT a HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "\0\x01\x02\r\n\r\n",
  ])("survives %j", async (text) => {
    const proxy = await proxyFor([`127.0.0.1:${port}`]);
    expect(await speak(proxy, text)).not.toMatch(/^HTTP\/1.1 200/);
    expect(await tunnelTo(proxy, `127.0.0.1:${port}`)).toContain("GET /inner");
  });

  describe("an address that serves the sites of everybody, as that of a content network does", () => {
    /** What a client of OpenSSL says first, for that name. */
    const helloFor = (servername: string | undefined): Promise<Buffer> =>
      new Promise((resolve) => {
        const server = createTcpServer((connection) =>
          connection.once("data", (bytes: Buffer) => {
            resolve(bytes);
            connection.destroy();
            server.close();
          }),
        );
        server.listen(0, "127.0.0.1", () => {
          const address = server.address();
          const at = typeof address === "object" && address !== null ? address.port : 0;
          const options = { host: "127.0.0.1", port: at, rejectUnauthorized: false };
          connectTls(servername === undefined ? options : { ...options, servername }).on(
            "error",
            () => undefined,
          );
        });
      });
    const heard: string[] = [];
    const shared = async (): Promise<{ proxy: EgressProxy; at: string }> => {
      heard.length = 0;
      const server = createTcpServer((connection) => {
        connection.on("error", () => undefined);
        connection.on("data", (bytes) => heard.push(bytes.toString("latin1")) && connection.end("SERVED"));
      });
      await new Promise<void>((done) => server.listen(0, "127.0.0.2", done));
      closing.push(() => new Promise((done) => server.close(done)));
      const address = server.address();
      const at = typeof address === "object" && address !== null ? address.port : 0;
      const entries = [`good.example:${at}`, `127.0.0.2:${at}`];
      return { proxy: await proxyFor(entries, async () => ["127.0.0.2"]), at: `good.example:${at}` };
    };
    const tunnel = (proxy: EgressProxy, at: string, pieces: readonly Buffer[]): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(portOfProxy(proxy), "127.0.0.1");
        let answer = "";
        socket.on("data", (chunk) => {
          const isFirst = answer === "";
          answer += chunk.toString("latin1");
          if (isFirst)
            for (const [index, piece] of pieces.entries()) setTimeout(() => socket.write(piece), index * 20);
        });
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(answer));
        socket.write(`CONNECT ${at} HTTP/1.1\r\nHost: ${at}\r\n\r\n`);
      });

    it("is reached with the name that was asked for, in however many pieces it is said", async () => {
      const { proxy, at } = await shared();
      const hello = await helloFor("GOOD.example");
      expect(await tunnel(proxy, at, [hello])).toContain("SERVED");
      const pieces = [hello.subarray(0, 3), hello.subarray(3, 70), hello.subarray(70)];
      expect(await tunnel(proxy, at, pieces)).toContain("SERVED");
      expect(heard.join("")).toContain("GOOD.example");
      const ip = at.replace("good.example", "127.0.0.2");
      expect(await tunnel(proxy, ip, [await helloFor(undefined)])).toContain("SERVED");
      expect(proxy.refused()).toBe(0);
    });

    it.skipIf(process.getuid?.() !== 0)(
      "is reached without TLS by the name that was asked for, whatever each request says (needs root, for port 80)",
      async () => {
        const seen: unknown[] = [];
        const web = createServer(({ url, headers: { host } }, answer) => {
          seen.push([url, host]);
          answer.end("SERVED");
        });
        await new Promise<void>((done) => web.listen(80, "127.0.0.80", done));
        closing.push(() => new Promise((done) => web.close(done)));
        const proxy = await proxyFor(["good.example", "127.0.0.80"], async () => ["127.0.0.80"]);
        const requests = [
          "GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
          "GET /b?c HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        ];
        expect(
          await tunnel(
            proxy,
            "good.example:80",
            requests.map((text) => Buffer.from(text)),
          ),
        ).toMatch(/SERVED[\s\S]*SERVED/);
        expect(seen).toEqual([
          ["/a", "good.example"],
          ["/b?c", "good.example"],
        ]);
        for (const path of ["http://evil.example/", "@evil.example/", "*"])
          expect(
            await tunnel(proxy, "good.example:80", [
              Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
            ]),
          ).not.toContain("SERVED");
        expect(await tunnel(proxy, "good.example:80", [Buffer.from("SSH-2.0-x\r\n\r\n")])).not.toContain(
          "SERVED",
        );
        expect(seen).toHaveLength(2);
      },
    );

    /** In two records: their lengths and that of the message are said anew. */
    const inRecords = (hello: Buffer): Buffer => {
      const message = hello.subarray(5);
      const record = (part: Buffer) =>
        Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
      return Buffer.concat([record(message.subarray(0, 60)), record(message.subarray(60))]);
    };
    const unreadable = (hello: Buffer): Buffer =>
      Buffer.concat([hello.subarray(0, 43), Buffer.alloc(2000, 255)]);
    it.each([
      ["another name", "evil.example", (hello: Buffer) => hello],
      ["another name in pieces of a record", "evil.example", inRecords],
      ["no name", undefined, (hello: Buffer) => hello],
      ["what cannot be read", "good.example", unreadable],
    ])("is not reached with %s", async (_what, name, change) => {
      const { proxy, at } = await shared();
      expect(await tunnel(proxy, at, [change(await helloFor(name))])).not.toContain("SERVED");
      expect(heard).toEqual([]);
      expect([proxy.refused(), logged.length]).toEqual([1, 1]);
      expect(logged[0]).toContain("handshake");
    });
  });

  it("survives whoever goes away in the middle, and ends every connection with itself", async () => {
    const proxy = await proxyFor([`127.0.0.1:${port}`]);
    const established = `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\n\r\n`;
    await Promise.all(Array.from({ length: 20 }, () => speak(proxy, established, "Established")));
    const open = speak(proxy, established);
    await speak(proxy, established, "Established");
    await proxy.close();
    expect(await open).toContain("Established");
    await expect(new Promise((_done, fail) => request(proxy.url).on("error", fail).end())).rejects.toThrow();
  });
});
