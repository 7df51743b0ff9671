import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { agentUserId } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, it } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { canFilter, canSeparate, sandboxFor, sandboxOptions, shellInside } from "./testing/inside.ts";

const run = promisify(execFile);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const listen = async (server: Server, address: string): Promise<number> => {
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(0, address, done);
  });
  closing.push(() => new Promise((done) => server.close(done)));
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : 0;
};
const tcp = (address: string) =>
  listen(
    createServer((connection) => connection.end("reached\n")),
    address,
  );
const http = (address: string) =>
  listen(
    createHttpServer((_incoming, answer) => answer.end("reached\n")),
    address,
  );

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

const runId = uuidv7();
const enforced = async (hosts: readonly string[] = [], closedUrls: readonly string[] = []) => {
  const sandbox = await sandboxFor({
    runId,
    settings: { egress: "allow-list", hosts: [...hosts] },
    closedUrls,
  });
  closing.push(() => sandbox.close());
  return sandbox;
};

const tables = async () =>
  (await run("nft", ["list", "tables"], { env: { PATH: "/usr/sbin:/usr/bin" } })).stdout;

describe.skipIf(!canFilter)("§11.3 the network of the agent's side (needs root and nft)", () => {
  it("reaches nothing but loopback: no address of this machine or another, no DNS, no resolver of the machine", async () => {
    const sandbox = await enforced();
    const here = await tcp("127.0.0.1");
    const doors = [`127.0.0.2/${await tcp("127.0.0.2")}`, "198.51.100.7/443"];
    if (outside !== undefined) doors.push(`${outside}/${await tcp(outside)}`);
    expect((await shellInside(sandbox, `cat < /dev/tcp/127.0.0.1/${here}`)).stdout).toBe("reached\n");
    for (const door of doors) {
      const tried = await shellInside(sandbox, `cat < /dev/tcp/${door}`);
      expect(tried.stdout).toBe("");
      // At once: whoever tries is told, and does not hang for minutes.
      expect(tried.stderr).toContain("Connection refused");
    }
    for (const resolver of ["198.51.100.7", "127.0.0.11", "127.0.0.53"])
      expect((await shellInside(sandbox, `echo query > /dev/udp/${resolver}/53 && echo SENT`)).stdout).toBe(
        "",
      );
  });

  it.each(["127.0.0.1", "::1"])(
    "reaches no resolver on loopback, which would ask the world: %s",
    async (address) => {
      const sandbox = await enforced();
      for (const port of [53, 853, 5353]) {
        const tried = await shellInside(
          sandbox,
          `for kind in udp tcp; do (exec 3<>/dev/$kind/${address}/${port}; echo query >&3 && echo SENT); done`,
        );
        expect(tried.stdout).toBe("");
      }
    },
  );

  it("reaches a listed address through the proxy, and no other, and the receipt counts it", async () => {
    const port = await http("127.0.0.2");
    const other = await http("127.0.0.3");
    const sandbox = await enforced([`127.0.0.2:${port}`]);
    const { http_proxy: proxy = "" } = sandbox.variables;
    const door = `/dev/tcp/127.0.0.1/${new URL(proxy).port}`;
    const ask = (host: string) =>
      shellInside(sandbox, `exec 3<>${door}; printf 'GET http://${host}/ HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`);
    expect((await ask(`127.0.0.2:${port}`)).stdout).toContain("reached");
    expect((await ask(`127.0.0.3:${other}`)).stdout).toMatch(/^HTTP\/1.1 403/);
    expect(sandbox.connectionsRefused()).toBe(1);
    expect(Object.keys(sandbox.variables)).toEqual(
      expect.arrayContaining(["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]),
    );
  });

  it("does not reach the orchestrator on this machine, neither directly nor through the proxy", async () => {
    const port = await http("127.0.0.1");
    const url = `http://localhost:${port}`;
    const sandbox = await enforced([`127.0.0.1:${port}`, `localhost:${port}`], [url]);
    expect((await shellInside(sandbox, `exec 3<>/dev/tcp/127.0.0.1/${port}`)).stderr).toContain(
      "Connection refused",
    );
    const door = `/dev/tcp/127.0.0.1/${new URL(sandbox.variables["http_proxy"] ?? "").port}`;
    const tried = await shellInside(
      sandbox,
      `exec 3<>${door}; printf 'GET ${url}/ HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`,
    );
    expect(tried.stdout).toMatch(/^HTTP\/1.1 403/);
  });

  it("leaves everybody else's network alone", async () => {
    await enforced();
    const socket = createSocket("udp4");
    await new Promise<void>((done, fail) =>
      socket.send("x", 53, "127.0.0.53", (error) => (error ? fail(error) : done())),
    );
    socket.close();
  });

  it("takes down what killed runners left behind, and not what a live one has up", async () => {
    const dead = `ai_implement_${agentUserId(uuidv7())}`;
    await run("nft", ["add", "table", "inet", dead], { env: { PATH: "/usr/sbin:/usr/bin" } });
    await enforced();
    const other = await sandboxFor({ settings: { egress: "allow-list", hosts: [] } });
    closing.push(() => other.close());
    expect(await tables()).not.toContain(dead);
    expect(await tables()).toContain(`ai_implement_${agentUserId(runId)}`);
  });

  it("takes its rules down at the end, and replaces what a killed runner left behind", async () => {
    const name = `ai_implement_${agentUserId(runId)}`;
    await run("nft", ["add", "table", "inet", name], { env: { PATH: "/usr/sbin:/usr/bin" } });
    const sandbox = await sandboxFor({ runId, settings: { egress: "allow-list", hosts: [] } });
    expect(sandbox.isolation.egress === "enforced" || sandbox.isolation.weakerBecause.length > 0).toBe(true);
    expect(await tables()).toContain(name);
    await sandbox.close();
    expect(await tables()).not.toContain(name);
  });
});

describe("§11.3 the network is never silently wider than it was asked for", () => {
  const noFilter = async (egress: "enforced" | "allow-list" | "off") => {
    // A PATH without a program: neither another user nor a filter is to be had.
    const opening = await openSandbox({
      ...sandboxOptions(),
      path: "/nowhere",
      settings: { egress, hosts: [] },
    });
    if (opening.kind === "open") closing.push(() => opening.sandbox.close());
    return opening;
  };

  it("refuses `enforced` where it cannot be, naming the setting and the fix", async () => {
    const opening = await noFilter("enforced");
    expect(opening.kind === "refused" && opening.message).toMatch(/AGENT_EGRESS is enforced.*allow-list/);
  });

  it("gives `allow-list` a proxy at least, and says that it is no more", async () => {
    const opening = await noFilter("allow-list");
    if (opening.kind === "refused") throw new Error(opening.message);
    expect(opening.sandbox.isolation.egress).toBe("proxy-only");
    expect(opening.sandbox.isolation.weakerBecause.join("\n")).toContain("ignores the proxy");
    expect(opening.sandbox.variables["HTTPS_PROXY"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("says of `off` that the network was open", async () => {
    const opening = await noFilter("off");
    if (opening.kind === "refused") throw new Error(opening.message);
    expect(opening.sandbox.isolation.egress).toBe("off");
    expect(opening.sandbox.isolation.weakerBecause.join("\n")).toContain("AGENT_EGRESS is off");
    expect(opening.sandbox.variables).toEqual({});
  });

  it("refuses a list with an entry that is none", async () => {
    const opening = await openSandbox({
      ...sandboxOptions(),
      settings: { egress: "allow-list", hosts: ["https://example.com/"] },
    });
    expect(opening.kind === "refused" && opening.message).toContain("https://example.com/");
  });
});

describe.skipIf(!canSeparate || canFilter)("§11.3 without nft (skipped where it is there)", () => {
  it("says so", async () => {
    const sandbox = await sandboxFor({ settings: { egress: "allow-list", hosts: [] } });
    closing.push(() => sandbox.close());
    expect(sandbox.isolation.egress).toBe("proxy-only");
  });
});
