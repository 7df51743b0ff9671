import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { keepTickets } from "./support/tickets.ts";
import { watchDatabase } from "./support/watch.ts";

const adminRoutes = [
  ["GET", "/admin"],
  ["GET", "/admin/"],
  ["GET", "/api"],
  ["POST", "/api/auth"],
  ["GET", "/api/openapi.json"],
  ["GET", "/api/mappings"],
  ["POST", "/api/mappings"],
  ["GET", "/api/log"],
  ["GET", "/api/issues"],
  ["GET", "/api/blockers"],
  ["GET", "/api/pulls"],
  ["GET", "/api/dedup"],
  ["POST", "/api/parked/TALLY-1/clear"],
] as const;

/** What somebody who knows our address and nothing else can do (§11.9, §13). */
describe("a stranger", () => {
  let sandbox: Sandbox;
  let service: Service;

  beforeAll(async () => {
    sandbox = await makeSandbox({ pace: 5 });
    await keepTickets(sandbox, "TALLY-1");
    const { ADMIN_ACCESS_CODE: _, ...settings } = sandbox.settings;
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(sandbox.path, ".env"), lines.join(""));
    service = await startService(sandbox);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
  });

  it.each(adminRoutes)(
    "finds nothing at %s %s while there is no access code (§4.1)",
    async (method, path) => {
      const response = await fetch(service.url + path, {
        method,
        headers: { authorization: "Bearer anything", "content-type": "application/json" },
        ...(method === "POST" ? { body: "{}" } : {}),
      });
      expect(response.status).toBe(404);
      expect(await response.json()).toHaveProperty("error");
    },
  );

  it("cannot claim, report or end a live run with a token of its own making (§11.8)", async () => {
    const watch = watchDatabase(sandbox);
    await watch.until("select 1 from run_history where event = 'claimed'");
    const [runId] = watch.column("select id from runs") as readonly string[];
    const instance = "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11";
    const report = { outcome: "failed", reason: "unexpected", message: "no", usage: null, agent: "none" };
    const requests = [
      ["claim", "claim", { runId, instance }],
      ["progress", "run", { instance, steps: [] }],
      ["result", "run", { instance, report, steps: [] }],
    ] as const;
    for (const [path, purpose, body] of requests) {
      const payload = `${purpose}.${runId}`;
      const signature = createHmac("sha256", "a guess").update(payload).digest("base64url");
      for (const authorization of [
        undefined,
        "Bearer ",
        `Bearer ${payload}.${signature}`,
        `Bearer ${payload}.`,
        `Bearer ${payload}.${signature}.${signature}`,
      ]) {
        const response = await fetch(`${service.url}/runner/${path}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(authorization === undefined ? {} : { authorization }),
          },
          body: JSON.stringify(body),
        });
        expect(response.status, `${path} ${authorization}`).toBe(401);
        expect(await response.json()).toEqual({ error: "unauthorised" });
      }
    }
    expect(watch.column("select state from runs")).toEqual(["running"]);
    watch.close();
  });

  it.each(["claim", "progress", "result"])(
    "cannot send 10 MB to /runner/%s, and the service stays up",
    async (path) => {
      const send = (body: RequestInit["body"], extra: object) =>
        fetch(`${service.url}/runner/${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: "Bearer anything" },
          body: body ?? null,
          ...extra,
        })
          .then(({ status }) => status)
          // The service may hang up while we still send; that is a refusal as well.
          .catch(() => 413);
      const large = JSON.stringify({ text: "x".repeat(10 * 1024 * 1024) });
      expect(await send(large, {})).toBe(413);
      // Without a length in the header the size shows only while it arrives.
      expect(await send(new Blob([large]).stream(), { duplex: "half" })).toBe(413);
      expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    },
  );
});
