import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  answering,
  ask,
  cutting,
  type HandClock,
  handClock,
  inTurn,
  type ScriptedVendor,
  startScriptedVendor,
} from "./testing/scripted-vendor.ts";
import { createVendorGate, type VendorGate, type VendorGateOptions } from "./vendor-gate.ts";

const coolDownMs = 5_000;
let vendor: ScriptedVendor;
let clock: HandClock;
beforeEach(async () => {
  // The breaker's own clock. Timers stay real: the requests go over a real network.
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  vendor = await startScriptedVendor(answering(503));
  clock = handClock();
});
afterEach(async () => {
  vi.useRealTimers();
  await vendor.close();
});

const open = (change: Partial<VendorGateOptions> = {}): VendorGate =>
  createVendorGate({
    vendor: "Acme",
    clock,
    concurrency: 3,
    retries: 0,
    breaker: { failures: 3, coolDownMs },
    ...change,
  });
const passes = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms);
};
const failures = async (gate: VendorGate, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1)
    await expect(gate.write(ask(vendor))).rejects.toMatchObject({ message: "Acme answered 503." });
};
const closedDoor = {
  failure: "unavailable",
  message: "Acme failed 3 times in a row: nothing is sent to it for a moment.",
};

test("§9 after several outages in a row nothing is sent, and the error says for how long", async () => {
  const gate = open();
  await failures(gate, 3);
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({
    ...closedDoor,
    retryAfterMs: coolDownMs,
    retryable: true,
    cause: { message: "Acme answered 503." },
  });
  passes(coolDownMs - 1);
  await expect(gate.write(ask(vendor))).rejects.toMatchObject({ ...closedDoor, retryAfterMs: 1 });
  expect(vendor.requests).toHaveLength(3);
});

test("§9 the tries of a read count, and it ends when the breaker opens", async () => {
  const gate = open({ retries: 10, retryDelayMs: 1 });
  await expect(gate.read(ask(vendor))).rejects.toMatchObject(closedDoor);
  expect(vendor.requests).toHaveLength(3);
});

test("§9 a success after the cool-down closes it", async () => {
  const gate = open();
  await failures(gate, 3);
  passes(coolDownMs);
  vendor.follow(inTurn(answering(200), answering(503)));
  expect((await gate.read(ask(vendor))).status).toBe(200);
  await failures(gate, 3);
  await expect(gate.read(ask(vendor))).rejects.toMatchObject(closedDoor);
});

test("§9 each failed trial doubles the cool-down, to a minute at most", async () => {
  const gate = open();
  await failures(gate, 3);
  for (const wait of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    passes(wait - 1);
    await expect(gate.read(ask(vendor))).rejects.toMatchObject({ ...closedDoor, retryAfterMs: 1 });
    passes(1);
    await failures(gate, 1);
  }
  expect(vendor.requests).toHaveLength(9);
});

test.each([401, 404])("§9 a refusal (%i) is no outage, however many there are", async (status) => {
  const gate = open();
  vendor.follow(answering(status));
  for (let n = 0; n < 10; n += 1)
    await expect(gate.read(ask(vendor))).rejects.toThrow(/^Acme (does not|has no)/);
  vendor.follow(answering(200));
  expect((await gate.read(ask(vendor))).status).toBe(200);
  expect(vendor.requests).toHaveLength(11);
});

test("§9 a rate limit is no outage, however many there are", async () => {
  const gate = open();
  vendor.follow(answering(429, "", { "retry-after": "1" }));
  for (let n = 0; n < 10; n += 1) {
    await expect(gate.read(ask(vendor))).rejects.toMatchObject({ failure: "rate-limited" });
    clock.advance(1_000);
  }
  expect(vendor.requests).toHaveLength(10);
});

test.each([200, 401, 404])("§9 outages with a %i between them are not in a row", async (status) => {
  const gate = open();
  for (let round = 0; round < 3; round += 1) {
    vendor.follow(answering(503));
    await failures(gate, 2);
    vendor.follow(answering(status));
    const answer = await gate.read(ask(vendor)).then(
      () => 200,
      () => status,
    );
    expect(answer).toBe(status);
  }
  expect(vendor.requests).toHaveLength(9);
});

test("§9 a trial that is refused shows that the vendor is up", async () => {
  const gate = open();
  await failures(gate, 3);
  passes(coolDownMs);
  vendor.follow(inTurn(answering(404), answering(503)));
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ failure: "not-found" });
  await failures(gate, 3);
});

/** Many callers at once, when the cool-down is over; the first is the trial, and its answer is held back. */
const crowd = async (gate: VendorGate, outcome: (answer: () => void, cut: () => void) => void) => {
  await failures(gate, 3);
  passes(coolDownMs);
  const held: { answer: () => void; cut: () => void }[] = [];
  vendor.follow((request, response) => {
    vendor.follow(answering(200));
    held.push({
      answer: () => void response.end("{}"),
      cut: () => void request.socket.destroy(),
    });
  });
  const callers = Array.from({ length: 20 }, () => gate.read(ask(vendor)));
  const settled = Promise.allSettled(callers);
  await vendor.reached(4);
  // Whatever else was going to be sent would have been: one turn over the loopback is enough.
  await fetch(vendor.url);
  expect(vendor.requests).toHaveLength(5);
  const [trial] = held;
  if (trial === undefined) throw new Error("No trial was sent.");
  outcome(trial.answer, trial.cut);
  return settled;
};

test("§9 of many callers after the cool-down one is sent; when it fails, none of the others is", async () => {
  const settled = await crowd(open(), (_, cut) => cut());
  expect(settled.map(({ status }) => status)).toEqual(Array(20).fill("rejected"));
  expect(settled.slice(1)).toMatchObject(Array(19).fill({ reason: { ...closedDoor, retryAfterMs: 10_000 } }));
  expect(vendor.requests).toHaveLength(5);
});

test("§9 of many callers after the cool-down one is sent; when it succeeds, the others follow within the bound", async () => {
  const settled = await crowd(open(), (answer) => answer());
  expect(settled.map(({ status }) => status)).toEqual(Array(20).fill("fulfilled"));
  expect(vendor.requests).toHaveLength(3 + 1 + 20);
  expect(vendor.peak).toBeLessThanOrEqual(3);
});

test("§7.2 those who wait for the trial are not sent when it meets a rate limit", async () => {
  const gate = open();
  const settled = await crowd(gate, (answer) => {
    gate.holdUntil(clock.now() + 9_000);
    answer();
  });
  expect(settled[0]?.status).toBe("fulfilled");
  expect(settled.slice(1)).toMatchObject(Array(19).fill({ reason: { failure: "rate-limited" } }));
  expect(vendor.requests).toHaveLength(5);
});

test("§7.2 a request that a hold keeps back does not count as a trial: the breaker stays open", async () => {
  const gate = open();
  await failures(gate, 3);
  gate.holdUntil(clock.now() + 60_000);
  passes(coolDownMs);
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ failure: "rate-limited" });
  clock.advance(60_000);
  vendor.follow(cutting);
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ failure: "unreachable" });
  await expect(gate.read(ask(vendor))).rejects.toMatchObject({ ...closedDoor, retryAfterMs: 10_000 });
});
