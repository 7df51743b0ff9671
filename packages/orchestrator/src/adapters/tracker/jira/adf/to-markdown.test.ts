import { describe, expect, it, test } from "vitest";
import { adfToMarkdown } from "./to-markdown.ts";

type Json = Readonly<Record<string, unknown>>;
const doc = (...content: readonly unknown[]): Json => ({ version: 1, type: "doc", content });
const text = (words: string, ...marks: readonly (string | Json)[]): Json => ({
  type: "text",
  text: words,
  ...(marks.length === 0
    ? {}
    : { marks: marks.map((mark) => (typeof mark === "string" ? { type: mark } : mark)) }),
});
const node = (type: string, attrs: Json, ...content: readonly unknown[]): Json => ({ type, attrs, content });
const p = (...content: readonly unknown[]): Json => ({
  type: "paragraph",
  content: content.map((each) => (typeof each === "string" ? text(each) : each)),
});
const li = (...content: readonly unknown[]): Json => ({ type: "listItem", content });
const ul = (...content: readonly unknown[]): Json => ({ type: "bulletList", content });
const to = (href: string): Json => ({ type: "link", attrs: { href } });
const row = (type: string, ...cells: readonly unknown[]): Json => ({
  type: "tableRow",
  content: cells.map((cell) => ({ type, content: Array.isArray(cell) ? cell : [cell] })),
});
const task = (state: string, words: string): Json => node("taskItem", { localId: "x", state }, text(words));

const constructs: readonly [name: string, content: readonly unknown[], markdown: string][] = [
  ["paragraphs", [p("one"), p(), p("two")], "one\n\ntwo"],
  [
    "headings",
    [1, 2, 3, 4, 5, 6].map((level) => node("heading", { level }, text(`h${level}`))),
    "# h1\n\n## h2\n\n### h3\n\n#### h4\n\n##### h5\n\n###### h6",
  ],
  [
    "a heading of no known level",
    [node("heading", { level: 9 }, text("a")), node("heading", { level: "?" }, text("b"))],
    "###### a\n\n# b",
  ],
  [
    "nested lists",
    [ul(li(p("a"), ul(li(p("b"), node("orderedList", {}, li(p("c")))))), li(p("d")))],
    "- a\n  - b\n    1. c\n- d",
  ],
  ["a numbered list from 7", [node("orderedList", { order: 7 }, li(p("a")), li(p("b")))], "7. a\n8. b"],
  ["a nested list from 3", [ul(li(p("a"), node("orderedList", { order: 3 }, li(p("b")))))], "- a\n\n  3. b"],
  ["an empty item below a text", [ul(li(p("a"), ul(li(p()))))], "- a\n\n  -"],
  [
    "tasks with tasks below",
    [node("taskList", {}, task("TODO", "a"), node("taskList", {}, task("DONE", "b")), task("DONE", "c"))],
    "- [ ] a\n  - [x] b\n- [x] c",
  ],
  ["a task without text", [node("taskList", {}, node("taskItem", { state: "DONE" }))], "- ☑"],
  [
    "decisions",
    [node("decisionList", {}, node("decisionItem", { state: "DECIDED" }, text("go")))],
    "- Decision: go",
  ],
  [
    "code with its language",
    [node("codeBlock", { language: "ts" }, text("const a: Array<string> = [];\n\n\tb"))],
    "```ts\nconst a: Array<string> = [];\n\n\tb\n```",
  ],
  ["code with a fence in it", [node("codeBlock", {}, text("```\nx\n```"))], "````\n```\nx\n```\n````"],
  ["code in a list", [ul(li(p("a"), node("codeBlock", {}, text("x\ny"))))], "- a\n  ```\n  x\n  y\n  ```"],
  ["a code language that is none", [node("codeBlock", { language: "a`b\nc" }, text("x"))], "```\nx\n```"],
  [
    "marks",
    [p(text("a", "strong"), " ", text("b", "em"), " ", text("c", "strike"), " ", text("d", "code"))],
    "**a** _b_ ~~c~~ `d`",
  ],
  [
    "marks within marks",
    [p(text("a ", "strong"), text("b", "strong", "em"), text(" c", "em", "strong"))],
    "**a _b c_**",
  ],
  ["marks that end in white space", [p("x", text(" a ", "strong"), "y")], "x **a** y"],
  [
    "marks that Markdown lacks",
    [
      p(
        text("a", "underline"),
        text("b", { type: "subsup", attrs: { type: "sub" } }),
        text("c", { type: "textColor", attrs: { color: "#f00" } }),
      ),
    ],
    "abc",
  ],
  ["code with another mark", [p(text("a", "code", "strong"))], "`a`"],
  [
    "links",
    [p(text("a", to("https://x.org/b?c=d")), " ", text("e", "code", to("mailto:f@x.org")))],
    "[a](https://x.org/b?c=d) [`e`](mailto:f@x.org)",
  ],
  [
    "a bare address",
    [p("see https://x.org/a_b, and https://y.org.")],
    "see <https://x.org/a_b>, and <https://y.org>.",
  ],
  [
    "text that looks like HTML or Markdown",
    [p("Array<string> *a* snake_case [b](c)"), p("# d"), p("1. e"), p("- f")],
    "Array\\<string> \\*a\\* snake_case \\[b]\\(c)\n\n\\# d\n\n1\\. e\n\n\\- f",
  ],
  ["breaks", [p("a", { type: "hardBreak" }, "b\nc", { type: "hardBreak" })], "a\\\nb\\\nc"],
  [
    "a break in a heading",
    [node("heading", { level: 1 }, text("a"), { type: "hardBreak" }, text("b"))],
    "# a b",
  ],
  ["a quotation", [node("blockquote", {}, p("a"), ul(li(p("b"))))], "> a\n>\n> - b"],
  ["a rule", [p("a"), { type: "rule" }, p("b")], "a\n\n---\n\nb"],
  [
    "a table",
    [
      node(
        "table",
        {},
        row("tableHeader", p("a"), p("b")),
        row("tableCell", p("c|d"), p(text("e|f", "code"))),
      ),
    ],
    "| a | b |\n| - | - |\n| c\\|d | `e\\|f` |",
  ],
  [
    "a table without a header",
    [node("table", {}, row("tableCell", p("a"), p("b")))],
    "| | |\n| - | - |\n| a | b |",
  ],
  [
    "a table with blocks in its cells",
    [
      node(
        "table",
        {},
        row("tableHeader", p("a")),
        row("tableCell", [p("b"), ul(li(p("c")), li(p("d"))), node("codeBlock", {}, text("e\nf"))]),
      ),
    ],
    "| a |\n| - |\n| b • c • d `e` `f` |",
  ],
  [
    "a table with a cell over two columns",
    [
      node("table", {}, row("tableHeader", p("a"), p("b"), p("c")), {
        type: "tableRow",
        content: [node("tableCell", { colspan: 2 }, p("d")), node("tableCell", {}, p("e"))],
      }),
    ],
    "| a | b | c |\n| - | - | - |\n| d | | e |",
  ],
  ["a panel", [node("panel", { panelType: "warning" }, p("a"))], "> **Warning**\n>\n> a"],
  [
    "an expand",
    [node("expand", { title: "More" }, p("a"), node("nestedExpand", { title: "Yet more" }, p("b")))],
    "**More**\n\na\n\n**Yet more**\n\nb",
  ],
  [
    "a mention",
    [p("hi ", node("mention", { id: "1", text: "@Ann Lee" }), ", ", node("mention", { id: "77" }))],
    "hi @Ann Lee, @77",
  ],
  [
    "emoji",
    [p(node("emoji", { shortName: ":smile:", text: "😄" }), " ", node("emoji", { shortName: ":corp:" }))],
    "😄 :corp:",
  ],
  [
    "a date",
    [p(node("date", { timestamp: "1763769600000" }), " ", node("date", { timestamp: "soon" }))],
    "2025-11-22 soon",
  ],
  ["a status", [p("is ", node("status", { text: "IN REVIEW", color: "blue" }))], "is IN REVIEW"],
  [
    "cards",
    [
      p("see ", node("inlineCard", { url: "https://x.org/1" })),
      node("blockCard", { url: "https://x.org/2" }),
      node("embedCard", { url: "https://x.org/3", layout: "wide" }),
      p(node("inlineCard", { data: { url: "https://x.org/4" } })),
    ],
    "see <https://x.org/1>\n\n<https://x.org/2>\n\n<https://x.org/3>\n\n<https://x.org/4>",
  ],
  [
    "attachments",
    [
      node(
        "mediaSingle",
        {},
        node("media", { type: "file", id: "1", alt: "my_shot (1).png" }),
        node("caption", {}, text("How it looks")),
      ),
      node(
        "mediaGroup",
        {},
        node("media", { type: "file", id: "uuid-2" }),
        node("media", { type: "external", url: "https://x.org/a.png" }),
      ),
      p("in ", node("mediaInline", { id: "uuid-3" })),
    ],
    "[attachment: my_shot 1 .png]\n\nHow it looks\n\n[attachment: uuid-2]\n\n<https://x.org/a.png>\n\nin [attachment: uuid-3]",
  ],
  [
    "columns",
    [
      node(
        "layoutSection",
        {},
        node("layoutColumn", { width: 50 }, p("a")),
        node("layoutColumn", { width: 50 }, p("b")),
      ),
    ],
    "a\n\nb",
  ],
  [
    "extensions",
    [
      node("extension", { extensionKey: "toc", text: "shown" }),
      node("bodiedExtension", { extensionKey: "x" }, p("within")),
      p("a ", node("inlineExtension", { text: "b" })),
    ],
    "shown\n\nwithin\n\na b",
  ],
  [
    "nodes of a later time",
    [
      node("hologram", { title: "T" }, p("a"), node("hologramItem", {}, text("b"))),
      p(node("inlineHologram", {}, text("c"))),
    ],
    "T\n\na\n\nb\n\nc",
  ],
];

test.each(constructs)("§5.2 a Jira description reads as Markdown: %s", (_, content, markdown) => {
  expect(adfToMarkdown(doc(...content))).toBe(markdown);
});

describe("what is no document", () => {
  it.each([null, undefined, {}, [], doc(), doc(p()), { type: "doc" }, { type: "doc", content: null }, false])(
    "has no text: %j",
    (document) => {
      expect(adfToMarkdown(document)).toBe("");
    },
  );

  it.each<[unknown, string]>([
    ["one\r\n\r\ntwo\u0007", "one\n\ntwo"],
    [42, "42"],
    [{ body: { storage: "kept" } }, "kept"],
    [{ type: "page", body: "kept" }, "kept"],
    [{ type: "doc", content: "kept" }, "kept"],
    [{ type: "doc", content: ["a", [{ text: "b" }], null, 7] }, "ab7"],
    [p("kept"), "kept"],
    [[p("a"), p("b")], "a\n\nb"],
    [doc({ type: "paragraph", content: { type: "text", text: "kept" } }), "kept"],
    [doc({ content: [{ text: "kept" }] }), "kept"],
    [doc({ type: "bulletList", content: [text("kept")] }), "- kept"],
    [doc({ type: "table", content: [text("kept")] }), "| |\n| - |\n| kept |"],
    [
      doc({
        type: "heading",
        attrs: "x",
        marks: 7,
        content: [{ type: "text", text: "kept", marks: [null, { type: 1 }] }],
      }),
      "# kept",
    ],
  ])("§5.2 keeps what text there is: %j", (document, markdown) => {
    expect(adfToMarkdown(document)).toBe(markdown);
  });
});
