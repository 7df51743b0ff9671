import { describe, expect, it, test } from "vitest";
import { markdownToAdf } from "./from-markdown.ts";
import { adfViolations, everyNode } from "./testing/adf-violations.ts";
import { adfToMarkdown } from "./to-markdown.ts";

/** As a body arrives: JSON nested by the sender. */
const nestedDocument = (types: readonly string[], levels: number): unknown => {
  const open = Array.from({ length: levels }, (_, n) => `{"type":"${types[n % types.length]}","content":[`);
  return JSON.parse(
    `{"type":"doc","content":[${open.join("")}{"type":"text","text":"bottom"}${"]}".repeat(levels)}]}`,
  );
};

describe("a document of 100,000 levels (§11.9)", () => {
  it.each([
    [["blockquote"]],
    [["bulletList", "listItem"]],
    [["taskList"]],
    [["table", "tableRow", "tableCell"]],
    [["expand"]],
    [["panel"]],
    [["paragraph"]],
    [["heading"]],
    [["hologram"]],
  ])("of %j is read, and keeps its text", (types) => {
    expect(adfToMarkdown(nestedDocument(types, 100_000))).toContain("bottom");
  });

  it("that is none is read too", () => {
    expect(adfToMarkdown(JSON.parse(`${"[".repeat(100_000)}"bottom"${"]".repeat(100_000)}`))).toBe("bottom");
    expect(adfToMarkdown(JSON.parse(`${'{"a":'.repeat(100_000)}"bottom"${"}".repeat(100_000)}`))).toBe(
      "bottom",
    );
  });
});

describe("a document without end (§11.9)", () => {
  const endsWithNote = /\n\n… \(the text goes on; it is too long to be read here\)$/;

  it.each([
    ["of one text", { type: "text", text: "word ".repeat(300_000) }],
    ["of stars", { type: "text", text: "*".repeat(1_000_000) }],
    ["of lines", { type: "text", text: "a\n".repeat(500_000) }],
    ["of addresses", { type: "text", text: "http://a.".repeat(120_000) }],
  ])("%s is cut, and says so", (_, node) => {
    const markdown = adfToMarkdown({ type: "doc", content: [{ type: "paragraph", content: [node] }] });
    expect(markdown).toMatch(endsWithNote);
    expect(markdown.length).toBeLessThan(1_000_000);
  });

  it("of many nodes is cut, and says so", () => {
    const content = Array.from({ length: 200_000 }, (_, n) => ({
      type: "paragraph",
      content: [{ type: "text", text: `p${n}` }],
    }));
    const markdown = adfToMarkdown({ type: "doc", content });
    expect(markdown).toMatch(/^p0\n\np1\n/);
    expect(markdown).toMatch(endsWithNote);
  });

  it("of empty cells costs no more than it says", () => {
    const rows = Array.from({ length: 5_000 }, () => ({
      type: "tableRow",
      content: [{ type: "tableCell", attrs: { colspan: 1e9 }, content: [{ type: "text", text: "kept" }] }],
    }));
    const markdown = adfToMarkdown({ type: "doc", content: [{ type: "table", content: rows }] });
    expect(markdown.match(/kept/g)).toHaveLength(5_000);
    expect(markdown.length).toBeLessThan(100_000);
  });

  it("of 20,000 task lists without a task is read", () => {
    const content = Array.from({ length: 19_000 }, () => ({ type: "taskList", content: [] }));
    expect(adfToMarkdown({ type: "doc", content: [{ type: "taskList", content }] })).toBe("-");
  });
});

/** Each makes a parser's time or its stack grow faster than the text. */
const traps: readonly [name: string, unit: string][] = [
  ["quotes", ">"],
  ["quotes with spaces", "> "],
  ["items on one line", "- "],
  ["numbered items on one line", "1. "],
  ["items and quotes on one line", "1) > "],
  ["emphasis that opens", "*a **b "],
  ["emphasis that closes", "_a*"],
  ["brackets", "["],
  ["images", "!["],
  ["links", "[a]("],
  ["closing brackets", "*a]"],
  ["ends of links", "a]("],
  ["code spans", "`a``b```"],
  ["comments", "<!-- "],
  ["dots", "a."],
  ["addresses", "a.b-c@"],
  ["table cells", "|a"],
  ["headings", "a\n=\n"],
  ["footnotes", "[^1]: a\n"],
  ["line ends", "\n"],
  ["white space", " \n\t"],
  ["tasks", "- [ ] a\n"],
  ["NUL", "\u0000"],
  ["half characters", "\ud800"],
];

describe("a Markdown of nothing but (§11.9)", () => {
  it.each(traps)("%s becomes a valid document, whatever its length", (_, unit) => {
    for (const length of [20_000, 1_000_000]) {
      const document = markdownToAdf(unit.repeat(length / unit.length));
      expect(adfViolations(document)).toEqual([]);
    }
  });
});

test("§11.9 emphasis that opens and closes ten thousand times does not hold up the process", () => {
  const document = markdownToAdf(`${"*a ".repeat(6_000)}${"a* ".repeat(6_000)}\n\n# after`);
  expect(adfViolations(document)).toEqual([]);
  expect(document.content.map(({ type }) => type)).toEqual(["paragraph", "heading"]);
});

test("§11.9 quotes and lists nested without end keep the text at their bottom", () => {
  for (const marker of ["> ", "- ", "1. "])
    expect(JSON.stringify(markdownToAdf(`${marker.repeat(10_000)}bottom`))).toContain("bottom");
  const stairs = Array.from({ length: 150 }, (_, n) => `${"  ".repeat(n)}- step${n}`).join("\n");
  const document = markdownToAdf(stairs);
  expect(adfViolations(document)).toEqual([]);
  expect(JSON.stringify(document)).toContain("step149");
});

test("§11.9 a line of dashes is a rule, not a hundred lists", () => {
  expect(markdownToAdf("- ".repeat(100)).content).toEqual([{ type: "rule" }]);
});

test("a text longer than Jira takes is kept as it is", () => {
  const text = "**a** [b](http://x.org)\n".repeat(5_000);
  expect(markdownToAdf(text).content).toEqual([{ type: "codeBlock", content: [{ type: "text", text }] }]);
});

test("a table with one endless row is no table of empty cells", () => {
  const document = markdownToAdf(`${"|a".repeat(5_000)}\n${"|-".repeat(5_000)}\n${"|b\n".repeat(2_000)}`);
  expect(adfViolations(document)).toEqual([]);
  expect(everyNode(document).length).toBeLessThan(20_000);
});

describe("hostile links in a document (§11.9)", () => {
  const linked = (href: unknown) => ({
    type: "doc",
    content: [
      {
        type: "paragraph",
        content: [{ type: "text", text: "a", marks: [{ type: "link", attrs: { href } }] }],
      },
    ],
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "\u0001javascript:x",
    "//evil.org",
    "file:///etc/passwd",
  ])("%s is text", (href) => {
    expect(adfToMarkdown(linked(href))).not.toMatch(/]\(|<\w+:/);
    expect(
      markdownToAdf(adfToMarkdown(linked(href))).content[0]?.content?.flatMap(({ marks = [] }) => marks),
    ).toEqual([]);
  });

  it.each(["https://x.org/) [b](https://evil.org", "https://x.org/>\n\n# b", "https://x.org/`b`"])(
    "%j does not leave its place",
    (href) => {
      const { content } = markdownToAdf(adfToMarkdown(linked(href)));
      expect(content).toHaveLength(1);
      expect(content[0]?.content).toHaveLength(1);
      expect(content[0]?.content?.[0]).toMatchObject({ text: "a", marks: [{ type: "link" }] });
    },
  );

  it.each([null, 7, {}, ["https://x.org"]])("%j is none", (href) => {
    expect(adfToMarkdown(linked(href))).toMatch(/^a( \(7\))?$/);
  });
});
