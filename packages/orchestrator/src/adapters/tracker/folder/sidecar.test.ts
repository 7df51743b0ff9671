import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSidecar, parseSidecar, withComment } from "./sidecar.ts";

test("§9 what is written to a sidecar is read back, whatever an agent put into a comment", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.stringMatching(/^[-\s:#|>'"{}[\]&*!%@`\n\t]*$/),
    fc.constantFrom(
      "",
      " ",
      "\n \n",
      "null",
      "~",
      "007",
      "yes",
      "--- a\n...\n",
      "\u0000",
      "# x",
      "  indented\n\n\ntail  \n",
    ),
  );
  const comment = fc.record({ key: text, at: text, body: text });
  fc.assert(
    fc.property(fc.array(comment, { maxLength: 4 }), text, (comments, seenStatus) => {
      const sidecar = { status: "Planning", seenStatus: seenStatus.slice(0, 100), comments };
      expect(parseSidecar(formatSidecar(sidecar))).toEqual({ kind: "sidecar", sidecar });
    }),
    { numRuns: 500 },
  );
});

test("§9 a key that is there already changes nothing", () => {
  const first = { key: "k", at: "then", body: "one" };
  const sidecar = { comments: [first] };
  expect(withComment(sidecar, { ...first, body: "two" })).toBe(sidecar);
});

test("an empty sidecar, or one with nothing but remarks, says nothing", () => {
  for (const text of ["", "# a remark\n", "status:\ncomments:\n"])
    expect(parseSidecar(text)).toEqual({ kind: "sidecar", sidecar: { comments: [] } });
});
