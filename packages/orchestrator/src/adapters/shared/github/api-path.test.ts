import { expect, test } from "vitest";
import { repositoryApiPath, segmentsOf } from "./api-path.ts";

const repository = { owner: "acme", name: "tally" };

test("§11 every segment is encoded, so that none is anything but a name", () => {
  expect(repositoryApiPath(repository, "contents", ...segmentsOf("a b/h?#%.md"))).toBe(
    "/repos/acme/tally/contents/a%20b/h%3F%23%25.md",
  );
  expect(repositoryApiPath({ owner: "a/b", name: "c" }, "pulls", 7)).toBe("/repos/a%2Fb/c/pulls/7");
});

test.each(["", ".", "..", "a/../b", "/a", "a/", "\ud800"])("§11 %j leads nowhere", (path) => {
  expect(() => repositoryApiPath(repository, "contents", ...segmentsOf(path))).toThrow(
    expect.objectContaining({ retryable: false }),
  );
});
