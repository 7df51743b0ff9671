import { expect, test } from "vitest";
import { createBatcher, type Verdict } from "./batcher.ts";

const done: Verdict = { kind: "done" };

test("§7.2 what arrives together goes out together, in order and within the limit", async () => {
  const batches: (readonly number[])[] = [];
  const add = createBatcher<number>({
    limit: 3,
    queue: 10,
    gatherMs: 1,
    work: (items) => {
      batches.push(items);
      return Promise.resolve(items.map(() => done));
    },
  });
  await Promise.all([1, 2, 3, 4, 5].map(add));
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test("§7.2 what arrives while a batch is under way goes out with the next, never beside it", async () => {
  const opens: (() => void)[] = [];
  const batches: (readonly number[])[] = [];
  const add = createBatcher<number>({
    limit: 10,
    queue: 10,
    gatherMs: 1,
    work: async (items) => {
      batches.push(items);
      if (batches.length === 1) await new Promise<void>((resolve) => opens.push(resolve));
      return items.map(() => done);
    },
  });
  const first = add(1);
  while (batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const others = [add(2), add(3)];
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(batches).toEqual([[1]]);
  for (const open of opens) open();
  await Promise.all([first, ...others]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test("§9 each hears its own verdict, and a batch that breaks is everybody's", async () => {
  const add = createBatcher<number>({
    limit: 10,
    queue: 10,
    gatherMs: 1,
    work: (items) => {
      if (items.includes(0)) throw new Error("broke");
      return Promise.resolve(
        items.map((item) => (item === 2 ? { kind: "failed", error: new Error("only two") } : done)),
      );
    },
  });
  const settled = await Promise.allSettled([1, 2, 3].map(add));
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const broken = await Promise.allSettled([0, 1].map(add));
  expect(broken.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await add(4);
});

test("§9 the queue is bounded: who comes too late is asked to come again", async () => {
  const add = createBatcher<number>({
    limit: 1,
    queue: 2,
    gatherMs: 1,
    work: (items) => Promise.resolve(items.map(() => done)),
  });
  const waiting = [add(1), add(2)];
  await expect(add(3)).rejects.toMatchObject({ name: "DeliveryError", retryable: true });
  await Promise.all(waiting);
});
