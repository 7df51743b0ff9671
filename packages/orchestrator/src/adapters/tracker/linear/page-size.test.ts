import { expect, test } from "vitest";
import { nextPageSize } from "./page-size.ts";

/** Pages of a list that has stayed as long as it was. */
const requestsFor = (count: number): number => {
  let read = 0;
  let requests = 0;
  do {
    read += nextPageSize(count, read);
    requests += 1;
  } while (read < count);
  return requests;
};

test("§7.2 whatever the number of marked issues, it takes no more requests than pages of 100 would", () => {
  for (let count = 0; count <= 1_000; count += 1)
    expect(requestsFor(count)).toBe(Math.max(1, Math.ceil(count / 100)));
});

test("§7.2 a page has room to grow, at least 10 and at most 100 entries", () => {
  const sizes = [0, 5, 8, 30, 79, 80, 100, 5_000].map((expected) => nextPageSize(expected, 0));
  expect(sizes).toEqual([10, 10, 13, 38, 99, 100, 100, 100]);
});

test("§7.2 once there are more than were expected, pages are large", () => {
  expect(nextPageSize(5, 10)).toBe(100);
  expect(nextPageSize(250, 200)).toBe(63);
});
