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
  expect(retryAfterMs(new Headers(), now)).toBeUndefined();
});

test("§7.2 nonsense in the headers shuts the door neither for ever nor at all", () => {
  expect(retryAfterMs(headers({ requests: [0, 1e15] }), now)).toBe(2 * 60 * 60 * 1000);
  expect(retryAfterMs(headers({ requests: [0, -5_000] }), now)).toBeUndefined();
  expect(spentUntil(new Headers({ "x-ratelimit-requests-remaining": "none" }), now)).toBeNull();
});
