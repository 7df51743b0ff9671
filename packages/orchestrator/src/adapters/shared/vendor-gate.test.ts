import { afterEach, beforeEach, expect, test } from "vitest";
import {
  answering,
  ask,
  cutting,
  type HandClock,
  handClock,
  hanging,
  inTurn,
  type Script,
  type ScriptedVendor,
  startScriptedVendor,
} from "./testing/scripted-vendor.ts";
import { createVendorGate, type VendorGate, type VendorGateOptions } from "./vendor-gate.ts";

let vendor: ScriptedVendor;
let clock: HandClock;
beforeEach(async () => {
  vendor = await startScriptedVendor(answering(200));
  clock = handClock();
});
afterEach(async () => {
  await vendor.close();
});

const open = (change: Partial<VendorGateOptions> = {}): VendorGate =>
  createVendorGate({
    vendor: "Acme",
    clock,
    concurrency: 3,
    retryDelayMs: 1,
    breaker: { failures: 100, coolDownMs: 60_000 },
    ...change,
  });

/** Holds every request until it is let go; then answers 200. */
const waitingRoom = () => {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const script: Script = (_, response) => {
    const answer = (): void => void response.end("{}");
    if (isOpen) answer();
    else waiting.push(answer);
  };
  const letGo = (): void => {
    isOpen = true;
    for (const answer of waiting) answer();
  };
  return { script, letGo };
};

test("§9 no more requests at once than the vendor's budget, and all get their turn", async () => {
  const room = waitingRoom();
  vendor.follow(room.script);
  const gate = open();
  const answers = Array.from({ length: 12 }, (_, n) =>
    n % 2 === 0 ? gate.read(ask(vendor)) : gate.write(ask(vendor)),
  );
  await vendor.reached(3);
  room.letGo();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(12).fill(200));
  expect(vendor.requests).toHaveLength(12);
  expect(vendor.peak).toBe(3);
});

test("§9 the queue has a bound: one more is refused at once, and may be tried again later", async () => {
  const room = waitingRoom();
  vendor.follow(room.script);
  const gate = open({ concurrency: 1, queue: 2 });
  const accepted = [gate.read(ask(vendor)), gate.write(ask(vendor)), gate.write(ask(vendor))];
  await expect(gate.write(ask(vendor))).rejects.toMatchObject({
    failure: "unavailable",
    message: "Too many requests wait for Acme.",
    retryable: true,
  });
  room.letGo();
  await Promise.all(accepted);
  expect(vendor.requests).toHaveLength(3);
});

const failing: readonly [name: string, script: Script, failure: string][] = [
  ["answers 503", answering(503), "unavailable"],
  ["cuts the connection", cutting, "unreachable"],
];
test.each(failing)("§9 a read is tried again where the vendor %s", async (_, script) => {
  vendor.follow(inTurn(script, script, answering(200)));
  expect((await open().read(ask(vendor))).status).toBe(200);
  expect(vendor.requests).toHaveLength(3);
});

test.each(failing)("§9 a read gives up after its tries where the vendor %s", async (_, script, failure) => {
  vendor.follow(script);
  await expect(open({ retries: 3 }).read(ask(vendor))).rejects.toMatchObject({ failure });
  expect(vendor.requests).toHaveLength(4);
});

test.each(failing)("§9 a write is sent once where the vendor %s", async (_, script, failure) => {
  vendor.follow(inTurn(script, answering(200)));
  await expect(open().write(ask(vendor))).rejects.toMatchObject({ failure });
  expect(vendor.requests).toHaveLength(1);
});

test("§7.2 the tries of a read lie further and further apart", async () => {
  vendor.follow(answering(503));
  await expect(open({ retries: 3, retryDelayMs: 40 }).read(ask(vendor))).rejects.toThrow();
  const gaps = vendor.requests.slice(1).map(({ at }, n) => at - (vendor.requests[n]?.at ?? at));
  // Half of 40, 80 and 160 ms is the least that jitter leaves; a slow machine only makes the gaps longer.
  for (const [n, least] of [20, 40, 80].entries()) expect(gaps[n]).toBeGreaterThan(least - 5);
});

test("§9 an outage with a Retry-After is not tried again here: the wish is handed on", async () => {
  vendor.follow(answering(503, "", { "retry-after": "120" }));
  await expect(open().read(ask(vendor))).rejects.toMatchObject({
    failure: "unavailable",
    retryAfterMs: 120_000,
  });
  expect(vendor.requests).toHaveLength(1);
});

test("§9 a refusal is not tried again", async () => {
  for (const [status, failure] of [
    [401, "unauthorised"],
    [404, "not-found"],
    [429, "rate-limited"],
  ] as const) {
    vendor.follow(answering(status));
    await expect(open().read(ask(vendor))).rejects.toMatchObject({ failure });
  }
  expect(vendor.requests).toHaveLength(3);
});

test("§7.2 a rate limit holds everything until its reset, and nothing is sent before", async () => {
  vendor.follow(inTurn(answering(429, "", { "retry-after": "30" }), answering(200)));
  const gate = open();
  await expect(gate.write(ask(vendor))).rejects.toMatchObject({ failure: "rate-limited" });
  for (const wait of [30_000, 1]) {
    for (const request of [gate.read(ask(vendor)), gate.write(ask(vendor))])
      await expect(request).rejects.toMatchObject({
        failure: "rate-limited",
        message: `Acme's rate limit is spent for another ${Math.ceil(wait / 1000)} s.`,
        retryAfterMs: wait,
        retryable: true,
      });
    clock.advance(wait - (wait === 1 ? 0 : 1));
  }
  expect(vendor.requests).toHaveLength(1);
  expect((await gate.write(ask(vendor))).status).toBe(200);
  expect((await gate.read(ask(vendor))).status).toBe(200);
});

test("§7.2 a request that waits for its turn is not sent when a rate limit comes meanwhile", async () => {
  vendor.follow(answering(429, "", { "retry-after": "30" }));
  const gate = open({ concurrency: 1 });
  const requests = Array.from({ length: 5 }, () => gate.read(ask(vendor)));
  for (const { status, ...outcome } of await Promise.allSettled(requests)) {
    expect(status).toBe("rejected");
    expect(outcome).toMatchObject({ reason: { failure: "rate-limited", retryAfterMs: 30_000 } });
  }
  expect(vendor.requests).toHaveLength(1);
});

test("§7.2 a read whose next try falls into a rate limit is not tried again before the reset", async () => {
  const gate = open();
  vendor.follow((request, response) => {
    gate.holdUntil(clock.now() + 5_000);
    answering(503)(request, response);
  });
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({
    failure: "rate-limited",
    retryAfterMs: 5_000,
  });
  expect(vendor.requests).toHaveLength(1);
});

test("§7.2 a shorter hold does not shorten a longer one, and one that is no date changes nothing", async () => {
  const gate = open();
  for (const ms of [60_000, 1_000, -1, Number.NaN, Number.POSITIVE_INFINITY])
    gate.holdUntil(clock.now() + ms);
  clock.advance(59_999);
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ retryAfterMs: 1 });
  clock.advance(1);
  expect((await gate.read(ask(vendor))).status).toBe(200);
});

test.each([
  ["none", {}],
  ["none that is a number", { "retry-after": "soon" }],
])("§7.2 a rate limit that names a time to wait, but %s, holds for half a minute", async (_, headers) => {
  vendor.follow(inTurn(answering(429, "", headers), answering(200)));
  const gate = open();
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ failure: "rate-limited" });
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ retryAfterMs: 30_000 });
  clock.advance(30_000);
  expect((await gate.read(ask(vendor))).status).toBe(200);
});

test("§9 a vendor that hangs ends in a timeout, holds no place longer, and its connections are given up", async () => {
  vendor.follow(hanging);
  const gate = open({ concurrency: 1, timeoutMs: 100, retries: 1 });
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({
    failure: "timeout",
    message: "Acme did not answer in time.",
  });
  await expect(gate.write(ask(vendor))).rejects.toMatchObject({ failure: "timeout" });
  expect(vendor.requests).toHaveLength(3);
  await expect.poll(() => vendor.givenUp).toBe(3);
  vendor.follow(answering(200));
  expect((await gate.read(ask(vendor))).status).toBe(200);
});

test("§9 a vendor that hangs holds up no other", async () => {
  const other = await startScriptedVendor(answering(200));
  try {
    vendor.follow(hanging);
    const stuck = open({ timeoutMs: 1_000, retries: 0 });
    const waiting = Promise.allSettled(Array.from({ length: 6 }, () => stuck.read(ask(vendor))));
    await vendor.reached(3);
    expect((await open({ vendor: "Other" }).read(ask(other))).status).toBe(200);
    expect(vendor.givenUp).toBe(0);
    await vendor.close();
    await waiting;
  } finally {
    await other.close();
    vendor = await startScriptedVendor(hanging);
  }
});
