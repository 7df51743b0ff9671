import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { play } from "./testing/simulation.ts";

test.each([1, 2] as const)("x %s", { timeout: 300_000 }, async (tickets) => {
  const go = async (crashAt: number[]) => {
    const folder = await mkdtemp(join(process.env["SHM"] ?? tmpdir(), "sweep-"));
    const ending = await play(folder, { tickets, crashAt, runnerDies: null });
    await rm(folder, { recursive: true });
    return ending;
  };
  const t = performance.now();
  const { points } = await go([]);
  const bad = [];
  for (let n = 1; n <= points; n++) {
    const e = await go([n]);
    if (e.problems.length) bad.push([n, e.crashes, e.problems]);
  }
  console.log(points, performance.now() - t, JSON.stringify(bad, null, 1).slice(0, 6000));
  expect(bad).toEqual([]);
});
