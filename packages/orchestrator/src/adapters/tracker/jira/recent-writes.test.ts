import { expect, test } from "vitest";
import { minutes } from "../../../core/time.ts";
import { createRecentWrites } from "./recent-writes.ts";

test("§7.2 the issues that we wrote to are told newest first, each once, fifty at most, for some minutes", () => {
  let now = 0;
  const recent = createRecentWrites({ now: () => now });
  for (let id = 1; id <= 60; id += 1) recent.note(String(id));
  recent.note("20");
  const expected = [
    "20",
    ...Array.from({ length: 60 }, (_, index) => String(60 - index)).filter((id) => id !== "20"),
  ];
  expect(recent.ids()).toEqual(expected.slice(0, 50));
  now += minutes(4);
  recent.note("70");
  now += minutes(2);
  expect(recent.ids()).toEqual(["70"]);
});
