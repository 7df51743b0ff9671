import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Fault } from "../shared/faults.ts";
import { requireConformance } from "../testing/conformance-ledger.ts";
import type { LinearEmulator, LinearEmulatorOptions } from "./api.ts";
import { linearSchema, send, startLinear } from "./testing/linear-client.ts";

const whoAmI = "{ viewer { id } }";

describe.skipIf(linearSchema === null)("Linear's limits and faults (§7.2)", () => {
  let emulator: LinearEmulator;
  const start = async (options: Partial<LinearEmulatorOptions> = {}): Promise<void> => {
    emulator = await startLinear(options);
  };
  const failWith = (fault: Fault): void => emulator.setFaults(() => fault);
  const rename = (id: string) =>
    send(
      emulator.url,
      'mutation R($id: String!) { issueUpdate(id: $id, input: { title: "New" }) { success } }',
      { id },
    );
  const titleOf = (id: string) => emulator.workspace.issue(id)?.title;
  const addIssue = () => emulator.workspace.addIssue({ teamKey: "ENG", title: "Old" }).id;

  afterEach(async () => {
    await emulator.close();
    requireConformance(emulator.conformance());
  });

  test("every answer tells what it cost and what is left", async () => {
    await start();
    const { headers } = await send(emulator.url, "{ issues(first: 10) { nodes { id } } }");
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-complexity": "12",
      "x-ratelimit-requests-limit": "2500",
      "x-ratelimit-requests-remaining": "2499",
      "x-ratelimit-complexity-limit": "3000000",
      "x-ratelimit-complexity-remaining": "2999988",
    });
    expect(Number(headers.get("x-ratelimit-requests-reset"))).toBeGreaterThan(Date.now());
  });

  test("requests over the budget are refused with 400 until the reset; whoever comes before it is early", async () => {
    await start({ limits: { requests: 2 } });
    for (const status of [200, 200, 400]) expect((await send(emulator.url, whoAmI)).status).toBe(status);
    await sleep(300);
    const refused = await send(emulator.url, whoAmI);
    expect(refused.errors[0]?.extensions).toMatchObject({ type: "ratelimited", code: "RATELIMITED" });
    expect(refused.headers.get("x-ratelimit-requests-remaining")).toBe("0");
    expect(emulator.requests().map(({ early }) => early)).toEqual([false, false, false, true]);
    expect(emulator.requests().map(({ points }) => points)).toEqual([2, 2, 0, 0]);
  });

  test("points over the budget are refused as well", async () => {
    await start({ limits: { points: 3 } });
    await send(emulator.url, whoAmI);
    const refused = await send(emulator.url, whoAmI);
    expect(refused).toMatchObject({ status: 400, errors: [{ extensions: { code: "RATELIMITED" } }] });
    expect(Number(refused.headers.get("x-ratelimit-complexity-reset"))).toBeGreaterThan(Date.now());
  });

  test("one request over 10,000 points is refused, whatever is left", async () => {
    await start();
    const nested = (first: number) =>
      `{ issues(first: ${first}) { nodes { children(first: 100) { nodes { id } } } } }`;
    expect((await send(emulator.url, nested(89))).status).toBe(200); // 1 + 89 × (1 + 1 + 110) = 9,969
    const refused = await send(emulator.url, nested(90)); // 10,081
    expect(refused).toMatchObject({ status: 400, errors: [{ message: "Query too complex" }] });
    expect(emulator.requests().map(({ points }) => points)).toEqual([9_969, 0]);
  });

  test("a refusal on command names its own reset and does nothing", async () => {
    await start();
    const id = addIssue();
    failWith({ kind: "rate-limited", resetMs: 60_000 });
    const before = Date.now();
    const refused = await rename(id);
    expect(refused.status).toBe(400);
    const reset = Number(refused.headers.get("x-ratelimit-requests-reset"));
    expect(reset - before).toBeGreaterThanOrEqual(60_000);
    expect(titleOf(id)).toBe("Old");
    await sleep(300);
    emulator.setFaults(() => null);
    await rename(id);
    expect(emulator.requests().map(({ early }) => early)).toEqual([false, true]);
  });

  test.each<[string, Fault, string]>([
    ["reset before: nothing was done", { kind: "reset-before" }, "Old"],
    ["reset after: everything was done", { kind: "reset-after" }, "New"],
    ["an empty 200: nothing was done", { kind: "empty" }, "Old"],
    ["cut-off JSON: the work was done", { kind: "cut-off" }, "New"],
    ["a 503: nothing was done", { kind: "server-error" }, "Old"],
  ])("%s", async (_name, fault, title) => {
    await start();
    const id = addIssue();
    failWith(fault);
    await expect(rename(id)).rejects.toThrow();
    expect(titleOf(id)).toBe(title);
    expect(emulator.requests()).toHaveLength(1);
  });

  test("a server error has its own status, and latency a right answer", async () => {
    await start({ latencyMs: 5 });
    const post = () => fetch(emulator.url, { method: "POST", body: JSON.stringify({ query: whoAmI }) });
    failWith({ kind: "server-error", status: 502 });
    expect((await post()).status).toBe(502);
    failWith({ kind: "latency", ms: 10 });
    expect((await send(emulator.url, whoAmI)).status).toBe(200);
  });

  test("a hang never answers, does nothing, and holds no closing up", async () => {
    await start();
    const id = addIssue();
    failWith({ kind: "hang" });
    const hanging = rename(id).catch((error: unknown) => error);
    await expect.poll(() => emulator.requests().length).toBe(1);
    await emulator.close();
    expect(await hanging).toBeInstanceOf(Error);
    expect(titleOf(id)).toBe("Old");
    await start();
  });
});
