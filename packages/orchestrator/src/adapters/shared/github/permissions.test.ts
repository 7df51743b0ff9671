import { expect, test } from "vitest";
import { permissionsFor, reaches } from "./permissions.ts";

test("§11.2 a token has what its purpose needs, as far as the installation has it", () => {
  const everything = {
    actions: "write",
    administration: "write",
    contents: "write",
    metadata: "read",
    members: "admin",
  };
  expect(permissionsFor("work", { permissions: everything })).toEqual({
    actions: "write",
    contents: "read",
    metadata: "read",
  });
  expect(permissionsFor("templates", { permissions: { contents: "read", metadata: "read" } })).toEqual({
    contents: "read",
    metadata: "read",
  });
});

test("§11.2 a purpose of which nothing is there never asks for nothing: to GitHub that is everything", () => {
  expect(permissionsFor("review", { permissions: {} })).toEqual({ metadata: "read" });
});

test("a level includes those below it", () => {
  expect(reaches("admin", "write") && reaches("write", "read") && reaches("read", "read")).toBe(true);
  expect(reaches("read", "write") || reaches(undefined, "read") || reaches("other", "read")).toBe(false);
});
