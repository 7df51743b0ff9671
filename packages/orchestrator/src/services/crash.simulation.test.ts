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
  for (let i = 0; i < 5; i++) {
  const t = performance.now();
  const e = await go([]);
  console.log(e, performance.now() - t);
  }
});
