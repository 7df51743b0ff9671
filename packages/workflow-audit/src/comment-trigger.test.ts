import { afterEach, describe, expect, it } from "vitest";
import { type Loopback, startLoopback } from "./testing/loopback.ts";
import { runScript, type ScriptResult } from "./testing/run-script.ts";

const servers: Loopback[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const start = async (...args: Parameters<typeof startLoopback>): Promise<Loopback> => {
  const server = await startLoopback(...args);
  servers.push(server);
  return server;
};

describe("comment-trigger.yml (§12)", () => {
  const tell = (env: Readonly<Record<string, string>>): Promise<ScriptResult> =>
    runScript("comment-trigger.yml", "trigger", {
      TITLE: "ACME-12: Add a button",
      NUMBER: "7",
      SECRET: "shared secret",
      ...env,
    });

  it("says so where there was nothing to do, and why", async () => {
    const body = { ok: true, dispatched: false, reason: "A revise run works on it already." };
    const server = await start(() => ({ status: 200, body }));
    const result = await tell({ ADDRESS: server.url });
    expect([result.status, result.summary]).toEqual([
      0,
      "AI-Implement: Nothing to do for ACME-12. A revise run works on it already.\n",
    ]);
  });

  it("hands ticket and pull request to the orchestrator", async () => {
    const server = await start(() => ({ status: 200, body: { ok: true, dispatched: true } }));
    const result = await tell({ ADDRESS: `${server.url}/` });
    expect([result.status, result.summary]).toEqual([
      0,
      "AI-Implement: The orchestrator has taken the command for ACME-12.\n",
    ]);
    expect(server.requests).toEqual([
      {
        method: "POST",
        url: "/trigger/gap-fill",
        authorization: "Bearer shared secret",
        body: JSON.stringify({ issueKey: "ACME-12", prNumber: 7 }),
      },
    ]);
  });

  it.each([
    [400, "does not understand"],
    [401, "AI_IMPLEMENT_TRIGGER_SECRET"],
    [404, "no project"],
    [423, "paused"],
    [501, "GAP_FILL_TRIGGER_SECRET"],
    [418, "418: the orchestrator's answer"],
    [302, "302: the orchestrator's answer"],
  ])("fails on %i and says why", async (status, words) => {
    const server = await start(() => ({ status, body: { error: "slug" } }));
    const result = await tell({ ADDRESS: server.url });
    expect([result.status, server.requests.length]).toEqual([1, 1]);
    expect(result.summary).toContain(words);
    expect(result.output + result.summary).not.toContain("shared secret");
  });

  it("tries again when a run could not be started", async () => {
    const answers = [502, 200];
    const server = await start(() => ({ status: answers.shift() ?? 200, body: {} }));
    expect((await tell({ ADDRESS: server.url })).status).toBe(0);
    expect(server.requests.length).toBe(2);
  });

  it.each(["Add a button", "", "$(id): x", "ACME-12", "ACME-12\u2028: x", '","prNumber":1,"x":": y'])(
    "says that the title %j holds no key",
    async (TITLE) => {
      const result = await tell({ TITLE, ADDRESS: "https://ai-implement.example" });
      expect(result.status).toBe(1);
      expect(result.summary).toContain("does not begin with the key of a ticket");
    },
  );

  it.each([
    "",
    "http://ai-implement.example",
    "http://127.0.0.1.evil.example",
    "http://localhost@evil.example",
    "https://",
    "ftp://ai-implement.example",
    "file:///etc/passwd",
    "not an address",
  ])("sends the secret nowhere but over https: %j", async (ADDRESS) => {
    const result = await tell({ ADDRESS });
    expect(result.status).toBe(1);
    expect(result.summary).toContain("AI_IMPLEMENT_URL");
  });

  it("sends it nowhere else either when it is told to", async () => {
    const elsewhere = await start(() => ({ status: 200, body: {} }));
    const server = await start(() => ({ status: 302, body: {}, headers: { location: elsewhere.url } }));
    expect((await tell({ ADDRESS: server.url })).status).toBe(1);
    expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
  });

  it("says when nobody answers", async () => {
    const server = await start(() => ({ status: 200, body: {} }));
    await server.close();
    const result = await tell({ ADDRESS: server.url });
    expect([result.status, result.summary]).toEqual([
      1,
      "AI-Implement: The orchestrator could not be reached.\n",
    ]);
  });

  it("names the secret that is not set", async () => {
    const result = await tell({ ADDRESS: "https://ai-implement.example", SECRET: "" });
    expect(result.summary).toContain("AI_IMPLEMENT_TRIGGER_SECRET is not set");
  });
});
