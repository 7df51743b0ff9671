import fc from "fast-check";
import { strToU8, Zip, ZipDeflate, ZipPassThrough, type Zippable, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { result } from "./testing/a-result.ts";
import { unpackResult } from "./unpack-result.ts";

const text = (value: unknown): Uint8Array => strToU8(JSON.stringify(value));

/** As `actions/upload-artifact` writes it: sizes stand behind the data, not before it. */
const streamed = (files: readonly (readonly [string, Uint8Array, "stored" | "deflated"])[]): Uint8Array => {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((_error, chunk) => chunks.push(chunk));
  for (const [name, bytes, how] of files) {
    const file = how === "stored" ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 9 });
    zip.add(file);
    file.push(bytes, true);
  }
  zip.end();
  return Buffer.concat(chunks);
};
const problemOf = (archive: Uint8Array): string => {
  const unpacked = unpackResult(archive);
  return unpacked.kind === "result" ? "" : unpacked.problem;
};
/** Overwrites four bytes wherever the number stands in the archive: what it says of its own sizes. */
const claiming = (archive: Uint8Array, size: number, claimed: number): Uint8Array => {
  const forged = Buffer.from(archive);
  const [from, to] = [Buffer.alloc(4), Buffer.alloc(4)];
  from.writeUInt32LE(size);
  to.writeUInt32LE(claimed);
  for (let at = forged.indexOf(from); at >= 0; at = forged.indexOf(from, at + 4)) to.copy(forged, at);
  return forged;
};

describe("§8.4 a result in an archive", () => {
  it.each([
    ["whole", zipSync({ "result.json": text(result) })],
    ["stored", zipSync({ "result.json": [text(result), { level: 0 }] } satisfies Zippable)],
    ["streamed", streamed([["result.json", text(result), "deflated"]])],
    [
      "among others",
      zipSync({ "a.log": text("x".repeat(50_000)), "result.json": text(result), "z.log": text(1) }),
    ],
    [
      "streamed among others",
      streamed([
        ["a.log", text("x".repeat(50_000)), "deflated"],
        ["result.json", text(result), "deflated"],
        ["z.log", text("y"), "stored"],
      ]),
    ],
  ])("is read where it is %s", (_how, archive) => {
    expect(unpackResult(archive)).toEqual({ kind: "result", result });
  });

  it("is read whatever its size is, up to 4 MiB", () => {
    const sizes = fc.integer({ min: 0, max: 18_000 });
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), (length, isStreamed, seed) => {
        const message = noise(length, seed);
        const left = { ...result, report: { ...result.report, message } };
        const archive = isStreamed
          ? streamed([["result.json", text(left), "deflated"]])
          : zipSync({ "result.json": text(left) });
        expect(unpackResult(archive)).toEqual({ kind: "result", result: left });
      }),
      { numRuns: 60 },
    );
  });
});

/** Text that does not compress. */
const noise = (length: number, seed: number): string => {
  let state = seed | 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join("");
};

describe("§11.9 an archive that anybody's code may have made", () => {
  const bomb = new Uint8Array(64 * 1024 * 1024);

  it("that says it is too large is not unpacked", () => {
    expect(problemOf(zipSync({ "result.json": bomb }))).toBe("result.json is larger than 4194304 bytes");
  });

  it("that says it is small and is not, is left at the first byte too many", () => {
    const archive = zipSync({ "result.json": bomb });
    expect(problemOf(claiming(archive, bomb.length, 100))).toBe("result.json is larger than 4194304 bytes");
    const silent = streamed([["result.json", bomb, "deflated"]]);
    expect(problemOf(silent)).toBe("result.json is larger than 4194304 bytes");
  });

  it("with a bomb beside the result is no problem: it stays packed", () => {
    const archive = zipSync({ "core.dump": bomb, "result.json": text(result) });
    expect(unpackResult(archive).kind).toBe("result");
  });

  it("with more files than anybody would leave is left", () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`${index}`, new Uint8Array()]),
    );
    expect(problemOf(zipSync(files, { level: 0 }))).toBe("it holds more than 1000 files");
  });

  it("with two results has none", () => {
    const twice = streamed([
      ["result.json", text(result), "deflated"],
      ["result.json", text({}), "deflated"],
    ]);
    expect(problemOf(twice)).toBe("it holds result.json twice");
  });

  it("with a result at another place has none", () => {
    for (const name of ["../result.json", "/result.json", "a/result.json", "result.json/", "RESULT.JSON"])
      expect(problemOf(zipSync({ [name]: text(result) }))).toBe("it holds no result.json");
  });

  it("cut off anywhere, or with any byte changed, is told or read, and ends nothing", () => {
    const archive = zipSync({ "result.json": text(result) });
    fc.assert(
      fc.property(fc.nat(archive.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const broken = isCut ? archive.slice(0, at) : archive.with(at, byte);
        expect(["result", "unusable"]).toContain(unpackResult(broken).kind);
      }),
      { numRuns: 300 },
    );
  });

  it("that is any bytes is told", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(problemOf(bytes)).not.toBe("");
      }),
    );
  });

  it("with something else than a result in it says what is wrong with it", () => {
    expect(problemOf(zipSync({ "result.json": strToU8("{") }))).toBe("result.json is not JSON");
    expect(problemOf(zipSync({ "result.json": text({ ...result, instance: "x" }) }))).toMatch(
      /^result\.json is not a result \(instance: /,
    );
  });
});
