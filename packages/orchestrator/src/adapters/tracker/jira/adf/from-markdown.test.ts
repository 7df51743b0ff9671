import { describe, expect, it, test } from "vitest";
import type { AdfNode } from "./adf-node.ts";
import { markdownToAdf } from "./from-markdown.ts";
import { adfViolations } from "./testing/adf-violations.ts";

type Json = Readonly<Record<string, unknown>>;
const text = (words: string, ...marks: readonly (string | Json)[]): Json => ({
  type: "text",
  text: words,
  ...(marks.length === 0
    ? {}
    : { marks: marks.map((mark) => (typeof mark === "string" ? { type: mark } : mark)) }),
});
const texts = (content: readonly unknown[]): unknown[] =>
  content.map((each) => (typeof each === "string" ? text(each) : each));
const p = (...content: readonly unknown[]): Json => ({ type: "paragraph", content: texts(content) });
const li = (...content: readonly unknown[]): Json => ({ type: "listItem", content });
const ul = (...content: readonly unknown[]): Json => ({ type: "bulletList", content });
const ol = (order: number, ...content: readonly unknown[]): Json => ({
  type: "orderedList",
  attrs: { order },
  content,
});
const heading = (level: number, ...content: readonly unknown[]): Json => ({
  type: "heading",
  attrs: { level },
  content: texts(content),
});
const code = (words: string, language?: string): Json => ({
  type: "codeBlock",
  ...(language === undefined ? {} : { attrs: { language } }),
  content: words === "" ? [] : [text(words)],
});
const quote = (...content: readonly unknown[]): Json => ({ type: "blockquote", content });
const task = (id: number, state: string, ...content: readonly unknown[]): Json => ({
  type: "taskItem",
  attrs: { localId: `task-${id}`, state },
  content: texts(content),
});
const tasks = (id: number, ...content: readonly unknown[]): Json => ({
  type: "taskList",
  attrs: { localId: `task-${id}` },
  content,
});
const row = (type: string, ...cells: readonly unknown[]): Json => ({
  type: "tableRow",
  content: cells.map((cell) => ({ type, content: [cell] })),
});
const table = (...content: readonly unknown[]): Json => ({ type: "table", content });
const to = (href: string): Json => ({ type: "link", attrs: { href } });
const br: Json = { type: "hardBreak" };

/** The document is what is expected, and one that Jira takes. */
const expectContent = (markdown: string, content: readonly unknown[]): void => {
  const document = markdownToAdf(markdown);
  expect(document).toEqual({ version: 1, type: "doc", content });
  expect(adfViolations(document)).toEqual([]);
};

const constructs: readonly [name: string, markdown: string, content: readonly unknown[]][] = [
  ["paragraphs", "one\n\ntwo", [p("one"), p("two")]],
  ["lines of one paragraph", "one\ntwo  \nthree\\\nfour", [p("one two", br, "three", br, "four")]],
  ["headings", "# a\n###### b\nc\n===\n#", [heading(1, "a"), heading(6, "b"), heading(1, "c"), heading(1)]],
  [
    "nested lists",
    "- a\n  - b\n    1. c\n- d",
    [ul(li(p("a"), ul(li(p("b"), ol(1, li(p("c")))))), li(p("d")))],
  ],
  ["loose lists", "1. a\n\n   b\n\n2. c", [ol(1, li(p("a"), p("b")), li(p("c")))]],
  [
    "an item that begins with a list or code",
    "- - a\n-\n- ```\n  b\n  ```",
    [ul(li(p(), ul(li(p("a")))), li(p()), li(p(), code("b")))],
  ],
  [
    "tasks",
    "- [ ] a **b**\n- [x] c\n  - [ ] d",
    [
      tasks(
        1,
        task(2, "TODO", "a ", text("b", "strong")),
        task(3, "DONE", "c"),
        tasks(4, task(5, "TODO", "d")),
      ),
    ],
  ],
  [
    "tasks among other items",
    "2. a\n3. [x] b\n4. c",
    [ol(2, li(p("a"))), tasks(1, task(2, "DONE", "b")), ol(4, li(p("c")))],
  ],
  [
    "tasks that hold what tasks cannot",
    "- [x] a\n  - b\n- [ ] c\n\n  ```\n  d\n  ```",
    [ul(li(p("☑ a"), ul(li(p("b")))), li(p("☐ c"), code("d")))],
  ],
  [
    "tasks in a list and in a quotation",
    "- a\n  - [ ] b\n\n> - [x] c",
    [ul(li(p("a"), ul(li(p("☐ b"))))), quote(ul(li(p("☑ c"))))],
  ],
  [
    "code",
    "```ts title=x\na<b>\n\n\tc\n```\n\n    d\n\n```\n```",
    [code("a<b>\n\n\tc", "ts"), code("d"), code("")],
  ],
  ["a code language that is none", "```{.js}\na\n```", [code("a")]],
  [
    "marks",
    "**a** _b_ ~~c~~ `d` ***e***",
    [
      p(
        text("a", "strong"),
        " ",
        text("b", "em"),
        " ",
        text("c", "strike"),
        " ",
        text("d", "code"),
        " ",
        text("e", "strong", "em"),
      ),
    ],
  ],
  [
    "code within marks",
    "**a `b`** [`c`](http://x.org)",
    [p(text("a", "strong"), " ", text("b", "code"), " ", text("c", to("http://x.org"), "code"))],
  ],
  [
    "links",
    "[a **b**](https://x.org 't') [c][d] <https://y.org> [](https://z.org)\n\n[d]: mailto:d@x.org",
    [
      p(
        text("a ", to("https://x.org")),
        text("b", to("https://x.org"), "strong"),
        " ",
        text("c", to("mailto:d@x.org")),
        " ",
        text("https://y.org", to("https://y.org")),
        " ",
        text("https://z.org", to("https://z.org")),
      ),
    ],
  ],
  [
    "bare addresses",
    "https://x.org/a_b, www.x.org me@x.org",
    [
      p(
        text("https://x.org/a_b", to("https://x.org/a_b")),
        ", ",
        text("www.x.org", to("http://www.x.org")),
        " ",
        text("me@x.org", to("mailto:me@x.org")),
      ),
    ],
  ],
  [
    "images",
    "![a](https://x.org/a.png) ![b](b.png) ![](c.png) [![d](d.png)](https://x.org)",
    [p(text("a", to("https://x.org/a.png")), " b (b.png) c.png ", text("d", to("https://x.org")))],
  ],
  [
    "HTML within a line",
    "Array<string> <b>a</b><br>c <!-- d -->",
    [p("Array<string> <b>a</b><br>c <!-- d -->")],
  ],
  [
    "HTML of several lines",
    "<details>\n  <summary>a</summary>\n</details>\n\n<!-- b -->",
    [p("<details>", br, "<summary>a</summary>", br, "</details>"), p("<!-- b -->")],
  ],
  [
    "a quotation",
    "> a\n>\n> - b\n>\n> ```\n> c\n> ```\n\n>",
    [quote(p("a"), ul(li(p("b"))), code("c")), quote(p())],
  ],
  [
    "what may not stand in a quotation",
    "> # a\n> > b\n>\n> ---\n>\n> | c | d |\n> |---|---|\n> | e | f |",
    [quote(p(text("a", "strong")), p("b"), p("c | d"), p("e | f"))],
  ],
  [
    "what may not stand in an item",
    "- # a\n  > b\n  > - c\n\n  ***\n\n  | d |\n  |---|\n  | e |",
    [ul(li(p(text("a", "strong")), p("b"), ul(li(p("c"))), p("d"), p("e")))],
  ],
  ["a rule", "a\n\n---\n\nb", [p("a"), { type: "rule" }, p("b")]],
  [
    "a table",
    "| a | b |\n|:--|--:|\n| `c\\|d` | **e** |\n| f |",
    [
      table(
        row("tableHeader", p("a"), p("b")),
        row("tableCell", p(text("c|d", "code")), p(text("e", "strong"))),
        row("tableCell", p("f"), p()),
      ),
    ],
  ],
  ["footnotes", "a[^x] b[^2]\n\n[^x]: c\n[^2]: - d", [p("a[x] b[2]"), p("[x] c"), p("[2]"), ul(li(p("d")))]],
  ["escapes and entities", "\\*a\\* &lt;b&gt; &amp;", [p("*a* <b> &")]],
];

test.each(constructs)("§7.1 a comment in Markdown reaches Jira as a document: %s", (_, markdown, content) => {
  expectContent(markdown, content);
});

test.each(["", " \n\t\n", "\u0000", "[a]: http://x.org", "![]()"])(
  "§7.1 nothing (%j) is a valid document",
  (markdown) => {
    expectContent(markdown, [p()]);
  },
);

test("§11.9 control characters and half characters are removed, line ends are line ends", () => {
  expectContent("a\u0000\u0007\u001b[31m\ud800b&#12;c\r\n\r\n```\rd\u0008\te\r```", [
    p("a[31mbc"),
    code("d\te"),
  ]);
});

test("the same text gets the same task ids, in reading order", () => {
  const ids = (node: AdfNode): unknown[] => [
    ...(node.attrs ? [node.attrs["localId"]] : []),
    ...(node.content ?? []).flatMap(ids),
  ];
  const markdown = "- [ ] a\n  - [ ] b\n\ntext\n\n- [x] c";
  expect(ids(markdownToAdf(markdown))).toEqual([1, 2, 3, 4, 5, 6].map((n) => `task-${n}`));
  expect(markdownToAdf(markdown)).toEqual(markdownToAdf(markdown));
});

describe("link targets (§11.9)", () => {
  it.each([
    ["javascript:alert(1)", "a (javascript:alert(1))"],
    ["JaVaScRiPt:alert(1)", "a (JaVaScRiPt:alert(1))"],
    ["java&#10;script:alert(1)", "a (java script:alert(1))"],
    ["&#1;javascript:alert(1)", "a (\ufffdjavascript:alert(1))"],
    ["data:text/html,x", "a (data:text/html,x)"],
    ["vbscript:x", "a (vbscript:x)"],
    ["file:///etc/passwd", "a (file:///etc/passwd)"],
    ["//evil.org", "a (//evil.org)"],
    ["docs/guide.md", "a (docs/guide.md)"],
    ["#part", "a (#part)"],
    ["http://", "a (http://)"],
    ["mailto:", "a (mailto:)"],
    [`x:${"y".repeat(10_000)}`, `a (x:${"y".repeat(198)}…)`],
  ])("%s is text", (target, shown) => {
    expectContent(`[a](<${target}>)`, [p(shown)]);
    expectContent(`[a][b]\n\n[b]: <${target}>`, [p(shown)]);
  });

  it.each([
    ["https://x.org/?q=a&b=(c)#d", "https://x.org/?q=a&b=(c)#d"],
    ["HTTPS://x.org", "HTTPS://x.org"],
    ["https://x.org/a b", "https://x.org/a%20b"],
    ["https://x.org/ä", "https://x.org/ä"],
    ["mailto:a@x.org", "mailto:a@x.org"],
  ])("%s is a link", (target, href) => {
    expectContent(`[a](<${target}>)`, [p(text("a", to(href)))]);
  });
});
