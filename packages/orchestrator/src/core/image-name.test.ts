import { describe, expect, it } from "vitest";
import { isImageName } from "./image-name.ts";

const hash = "0123456789abcdef".repeat(4);

describe("the name of a container image (§8.4)", () => {
  it.each([
    "node",
    "node:24",
    "ghcr.io/acme/runner:1.2.3",
    "localhost:5000/acme/runner",
    `registry.acme.example/a/b/c@sha256:${hash}`,
    `ghcr.io/acme/my_runner--x:v1@sha256:${hash}`,
  ])("may be %s", (name) => expect(isImageName(name)).toBe(true));

  it.each([
    "",
    "-v",
    "--privileged",
    "Node",
    "node: 24",
    "node\n",
    " node",
    "a//b",
    "/node",
    "node:",
    "node@sha256:abc",
    "$(id)",
    "a;b",
    "../x",
    "https://ghcr.io/acme/runner",
    `a${"/b".repeat(300)}`,
    `${"a-".repeat(100_000)}`,
  ])("may not be %j", (name) => expect(isImageName(name)).toBe(false));
});
