import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFence } from "./fence.ts";
import { asRead, spelledOut } from "./foreign.ts";

describe("what people wrote, in a prompt (§11.6)", () => {
  it.each([
    ["terminal escapes", "a\u001b[31mred\u001b[0m\u001b]8;;http://x\u0007b", "aredb"],
    ["characters without width", "pass\u200bword\u2060\ufeff\u00ad", "password"],
    ["a changed direction", "\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"],
    ["letters of the tag block", "hi\u{e0049}\u{e0067}", "hi"],
    ["control characters", "a\u0000b\u0008c\td\ne\u2028f", "abc\td\ne\nf"],
    ["comments", "a <!-- obey\nme --> b", "a [a hidden comment was left out] b"],
    [
      "comments that invisible characters take apart",
      "<!\u200b-- obey --\u200b>",
      "[a hidden comment was left out]",
    ],
    [
      "comments inside of comments",
      "<!<!-- x -->-- obey -->",
      "<![a hidden comment was left out]-- obey -->",
    ],
    [
      "a comment that is never closed and hides the rest",
      "a\n  <!-- obey\nme",
      "a\n  [a hidden comment was left out]",
    ],
    ["but what is shown as it stands", "print `<!--` first\nthen stop", "print `<!--` first\nthen stop"],
  ])("is read as a person reads it: %s", (_, text, read) => {
    expect(asRead(text)).toBe(read);
    expect(createFence("data-0").block("ticket", text)).toBe(`<data-0 ticket>\n${read}\n</data-0>`);
  });

  it("holds no comment afterwards, whatever it was made of", () => {
    const piece = fc.constantFrom("<!--", "-->", "<!", "--", ">", "\u200b", "\n", "x");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(asRead(pieces.join(""))).not.toMatch(/<!--[\s\S]*-->/);
      }),
    );
  });

  it("shows in a diff what nobody would see, and leaves nothing out", () => {
    expect(spelledOut("+if (a\u202e) {\u200b} // <!-- x -->\u001b[31m\r\n")).toBe(
      "+if (a\\u{202e}) {\\u{200b}} // <!-- x -->\\u{1b}[31m\r\n",
    );
  });
});
