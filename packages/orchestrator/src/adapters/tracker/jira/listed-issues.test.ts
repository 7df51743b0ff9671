import { expect, test } from "vitest";
import { createListedIssues } from "./listed-issues.ts";

test("§7.2 listed issues are remembered, and above the limit those that were shown longest ago are forgotten", () => {
  const listed = createListedIssues(3);
  listed.note(["1", "2", "3"]);
  listed.note(["1", "4"]);
  expect(["1", "2", "3", "4"].filter((id) => listed.has(id))).toEqual(["1", "3", "4"]);
});
