import { describe, expect, test } from "vitest";
import { createBudget } from "./budget.ts";

const minute = 60_000;
const start = 1_800_000_000_000;

describe("Budgets that flow off at a constant rate (§7.2)", () => {
  test("the limit is for an hour and comes back evenly", () => {
    const budget = createBudget(60);
    expect(budget.take(60, start)).toBe(true);
    expect(budget.take(1, start)).toBe(false);
    expect(budget.read(start, 1)).toEqual({ limit: 60, remaining: 0, resetAt: start + minute });
    expect(budget.take(1, start + minute)).toBe(true);
    expect(budget.take(1, start + minute)).toBe(false);
  });

  test("a request that would pass is told when all is back", () => {
    const budget = createBudget(60);
    budget.take(30, start);
    expect(budget.read(start, 1)).toEqual({ limit: 60, remaining: 30, resetAt: start + 30 * minute });
  });

  test("what is too big for the rest takes nothing and is told when it fits", () => {
    const budget = createBudget(60);
    budget.take(50, start);
    expect(budget.take(20, start)).toBe(false);
    expect(budget.read(start, 20)).toEqual({ limit: 60, remaining: 10, resetAt: start + 10 * minute });
    expect(budget.take(20, start + 10 * minute)).toBe(true);
  });
});
