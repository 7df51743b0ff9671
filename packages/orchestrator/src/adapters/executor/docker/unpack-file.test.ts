import type { ResultRequest } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { makeTar } from "./testing/make-tar.ts";
import { unpackResultFile } from "./unpack-file.ts";

const result: ResultRequest = {
  instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
  report: { outcome: "failed", reason: "no-changes", message: "None.", usage: null, agent: "scripted" },
  steps: [],
};
const name = "result.json";
const content = JSON.stringify(result);

describe("the archive that a container's result comes in (§8.4, §11.9)", () => {
  it.each([
    ["alone", makeTar([{ name, content }])],
    [
      "behind extended headers",
      makeTar([
        { name: "pax", content: "30 mtime=1\n", type: "x" },
        { name, content },
      ]),
    ],
  ])("holds the result %s", (_, archive) => {
    expect(unpackResultFile(archive)).toEqual({ kind: "result", result });
  });

  it.each([
    ["nothing", Buffer.alloc(0), "not a whole tar"],
    ["an end and no file", makeTar([]), "not a whole tar"],
    ["a torn header", makeTar([{ name, content }]).subarray(0, 300), "not a whole tar"],
    ["a torn file", makeTar([{ name, content }]).subarray(0, 600), "cut off"],
    ["a file that claims to be larger", makeTar([{ name, content, size: 100_000 }]), "cut off"],
    ["a file that claims to be huge", makeTar([{ name, content, size: 2 ** 32 }]), "larger than"],
    ["a link", makeTar([{ name, content: "", type: "2" }]), "not a file"],
    ["a folder", makeTar([{ name, content: "", type: "5" }]), "not a file"],
    ["no JSON", makeTar([{ name, content: "{" }]), "not JSON"],
    ["something else", makeTar([{ name, content: "{}" }]), "not a result"],
    [
      "headers without end",
      makeTar(Array.from({ length: 50 }, () => ({ name: "pax", content: "x", type: "x" }))),
      "not the archive of one file",
    ],
  ])("is of no use with %s", (_, archive, problem) => {
    const unpacked = unpackResultFile(archive);
    expect(unpacked).toMatchObject({ kind: "unusable" });
    expect(unpacked.kind === "unusable" && unpacked.problem).toContain(problem);
  });
});
