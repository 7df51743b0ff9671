import { expect, test } from "vitest";
import { retryAfterMs, spentUntil } from "./rate-limit.ts";

const now = Date.UTC(2026, 10, 22, 9);

const headers = (budgets: Readonly<Record<string, readonly [remaining: number, resetMs: number]>>): Headers =>
  new Headers(
    Object.entries(budgets).flatMap(([name, [remaining, resetMs]]): [string, string][] => [
      [`x-ratelimit-${name}-remaining`, String(remaining)],
      [`x-ratelimit-${name}-reset`, String(now + resetMs)],
    ]),
  );

test("§7.2 nothing is spent while every budget has something left", () => {
  expect(spentUntil(headers({ requests: [1, 5_000], complexity: [10, 9_000] }), now)).toBeNull();
  expect(spentUntil(new Headers(), now)).toBeNull();
});

test("§7.2 the reset of the budget that is spent counts, not that of the other", () => {
  expect(spentUntil(headers({ requests: [0, 5_000], complexity: [10, 9_000] }), now)).toBe(now + 5_000);
  expect(spentUntil(headers({ requests: [3, 5_000], complexity: [0, 9_000] }), now)).toBe(now + 9_000);
  expect(spentUntil(headers({ requests: [0, 5_000], complexity: [0, 9_000] }), now)).toBe(now + 9_000);
});

test("§7.2 a refusal is over at its reset, or when Retry-After says so", () => {
  expect(retryAfterMs(headers({ requests: [0, 5_000], complexity: [10, 9_000] }), now)).toBe(5_000);
  expect(retryAfterMs(headers({ requests: [5, 5_000], complexity: [10, 9_000] }), now)).toBe(9_000);
  expect(retryAfterMs(new Headers({ "retry-after": "7" }), now)).toBe(7_000);
});

test("§7.2 a reset that is told in seconds is understood", () => {
  const told = new Headers({
    "x-ratelimit-requests-remaining": "0",
    "x-ratelimit-requests-reset": String((now + 9_000) / 1_000),
  });
  expect(spentUntil(told, now)).toBe(now + 9_000);
  expect(retryAfterMs(told, now)).toBe(9_000);
});

const minute = 60_000;
const tenYears = 10 * 365 * 24 * 60 * minute;

test.each([
  ["in the past", String(now - 5_000)],
  ["ten years ahead", String(now + tenYears)],
  ["beyond all time", "1e300"],
  ["negative", "-1"],
  ["not a number", "soon"],
  ["empty", ""],
])("§7.2 a reset that is %s shuts the door for a minute, neither for ever nor not at all", (_, reset) => {
  const nonsense = (remaining: string) =>
    new Headers({ "x-ratelimit-complexity-remaining": remaining, "x-ratelimit-complexity-reset": reset });
  expect(spentUntil(nonsense("0"), now)).toBe(now + minute);
  expect(retryAfterMs(nonsense("0"), now)).toBe(minute);
  expect(retryAfterMs(nonsense("7"), now)).toBe(minute);
  expect(spentUntil(nonsense("7"), now)).toBeNull();
});

test("§7.2 a refusal that tells nothing, or nonsense in Retry-After, is a minute's", () => {
  expect(retryAfterMs(new Headers(), now)).toBe(minute);
  expect(retryAfterMs(new Headers({ "retry-after": "-3" }), now)).toBe(minute);
  expect(retryAfterMs(new Headers({ "retry-after": "1e12" }), now)).toBe(minute);
  expect(spentUntil(new Headers({ "x-ratelimit-requests-remaining": "none" }), now)).toBeNull();
});
