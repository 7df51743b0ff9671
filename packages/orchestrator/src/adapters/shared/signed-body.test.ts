import { createHmac } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import { genuine, isSignedWith, jsonOf } from "./signed-body.ts";

const secret = "a secret";
const rawBody = Buffer.from('{"a":1}');
const digest = createHmac("sha256", secret).update(rawBody).digest("hex");

describe("a signed body (§11.9)", () => {
  it("is known by the digest of its bytes, in either case", () => {
    expect(isSignedWith(secret, { rawBody, digest })).toBe(true);
    expect(isSignedWith(secret, { rawBody, digest: digest.toUpperCase() })).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["half of it", digest.slice(0, 32)],
    ["more behind it", `${digest}00`],
    ["a line end behind it", `${digest}\n`],
    ["another first digit", (digest.startsWith("0") ? "1" : "0") + digest.slice(1)],
    ["no hexadecimal", "z".repeat(64)],
  ])("is not known by %s", (_, wrong) => {
    expect(isSignedWith(secret, { rawBody, digest: wrong })).toBe(false);
  });

  it("is not known by another secret, or of other bytes", () => {
    expect(isSignedWith("another", { rawBody, digest })).toBe(false);
    expect(isSignedWith(secret, { rawBody: Buffer.from('{"a":1} '), digest })).toBe(false);
  });
});

test("§11.9 what is no JSON is nothing, and what is deep is no harm", () => {
  expect(jsonOf(Buffer.from("no JSON"))).toBeUndefined();
  expect(jsonOf(Buffer.from([0xff, 0xfe]))).toBeUndefined();
  expect(jsonOf(Buffer.from("[".repeat(100_000) + "]".repeat(100_000)))).toBeInstanceOf(Array);
});

test("§7.2 a delivery is the same one when its bytes are", () => {
  expect(genuine(rawBody, [])).toEqual(genuine(Buffer.from(rawBody), []));
  expect(genuine(rawBody, [])).not.toEqual(genuine(Buffer.from("{}"), []));
});
