import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createResetWatch } from "./reset-watch.ts";

test("whoever was told to wait is early until then; what was under way already is not", async () => {
  const watch = createResetWatch();
  const now = Date.now();
  watch.told(now + 60_000);
  expect(watch.early(now)).toBe(false);
  await sleep(300);
  await nextTurn();
  expect(watch.early(now + 59_999)).toBe(true);
  expect(watch.early(now + 60_000)).toBe(false);
  watch.told(now + 10_000);
  await sleep(300);
  await nextTurn();
  expect(watch.early(now + 59_999)).toBe(true);
});
