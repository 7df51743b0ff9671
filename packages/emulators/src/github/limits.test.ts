import { expect, test } from "vitest";
import { createLimits } from "./limits.ts";
import type { Caller } from "./model.ts";

const callerOf = (id: number): Caller => ({
  kind: "installation",
  token: "",
  installation: { id, account: "acme", repositories: null, permissions: {}, suspended: false },
  repositories: null,
  permissions: {},
});
const caller = callerOf(1);

const setUp = (limits: Parameters<typeof createLimits>[0]["limits"] = {}) => {
  let at = 1_700_000_000_000;
  const pass = (ms: number): void => {
    at += ms;
  };
  return { limits: createLimits({ limits, now: () => at }), pass, now: () => at };
};

const repeat = (times: number, work: () => unknown): void => {
  for (let index = 0; index < times; index += 1) expect(work()).toBeNull();
};

test("80 content-creating requests a minute, and the next one is told how long to wait", () => {
  const { limits, pass } = setUp();
  repeat(79, () => limits.content(caller));
  pass(20_000);
  repeat(1, () => limits.content(caller));
  const refused = limits.content(caller);
  expect(refused).toMatchObject({ status: 403, headers: { "retry-after": "40" } });
  expect(JSON.parse(String(refused?.body))).toMatchObject({
    message: expect.stringContaining("secondary rate limit") as unknown,
  });
  pass(40_000);
  repeat(79, () => limits.content(caller));
  expect(limits.content(caller)).toMatchObject({ status: 403, headers: { "retry-after": "20" } });
});

test("500 content-creating requests an hour", () => {
  const { limits, pass } = setUp();
  for (let minute = 0; minute < 10; minute += 1) {
    repeat(50, () => limits.content(caller));
    pass(60_000);
  }
  expect(limits.content(caller)).toMatchObject({ status: 403, headers: { "retry-after": "3000" } });
});

test("900 points a minute, of which a write costs five", () => {
  const { limits, pass } = setUp();
  repeat(179, () => limits.request(caller, "POST"));
  repeat(5, () => limits.request(caller, "GET"));
  expect(limits.request(caller, "GET")).toMatchObject({ status: 429, headers: { "retry-after": "60" } });
  pass(60_000);
  expect(limits.request(caller, "PATCH")).toBeNull();
});

test("500 runs in ten seconds", () => {
  const { limits, pass } = setUp();
  repeat(500, () => limits.run(caller));
  expect(limits.run(caller)).toMatchObject({ status: 403, headers: { "retry-after": "10" } });
  pass(10_000);
  expect(limits.run(caller)).toBeNull();
});

test("one installation's limits are not another's", () => {
  const { limits } = setUp({ contentPerMinute: 1, requestsPerHour: 1 });
  repeat(1, () => limits.content(caller));
  repeat(1, () => limits.request(caller, "GET"));
  expect(limits.content(callerOf(2))).toBeNull();
  expect(limits.request(callerOf(2), "GET")).toBeNull();
});

test("the hour's quota is counted down, given back, refused when it is spent, and begins anew", () => {
  const { limits, pass, now } = setUp({ requestsPerHour: 2 });
  repeat(1, () => limits.request(caller, "GET"));
  expect(limits.headers(caller)).toEqual({
    "x-ratelimit-limit": "2",
    "x-ratelimit-used": "1",
    "x-ratelimit-remaining": "1",
    "x-ratelimit-reset": String(now() / 1000 + 3600),
    "x-ratelimit-resource": "core",
  });
  limits.refund(caller);
  repeat(2, () => limits.request(caller, "GET"));
  const refused = limits.request(caller, "GET");
  expect(refused?.status).toBe(403);
  expect(String(refused?.body)).toContain("API rate limit exceeded");
  expect(limits.quota(caller).remaining).toBe(0);
  pass(3_600_000);
  expect(limits.request(caller, "GET")).toBeNull();
});

test("a limit does not refuse what would have been possible without it being asked", () => {
  const { limits, pass } = setUp({ contentPerMinute: 1, contentPerHour: 2 });
  repeat(1, () => limits.content(caller));
  for (let index = 0; index < 5; index += 1) expect(limits.content(caller)?.status).toBe(403);
  pass(60_000);
  expect(limits.content(caller)).toBeNull();
});
