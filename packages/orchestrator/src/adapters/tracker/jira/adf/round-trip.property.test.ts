import fc from "fast-check";
import { expect, test } from "vitest";
import type { AdfDocument, AdfNode } from "./adf-node.ts";
import { markdownToAdf } from "./from-markdown.ts";
import { adfViolations, everyNode } from "./testing/adf-violations.ts";
import { adfToMarkdown } from "./to-markdown.ts";

/** A generated text and what must never be lost of it. */
interface Sample {
  readonly markdown: string;
  readonly headings: readonly string[];
  readonly items: readonly string[];
  readonly codeLines: readonly string[];
  readonly targets: readonly string[];
}

const nothing: Sample = { markdown: "", headings: [], items: [], codeLines: [], targets: [] };
const all = (parts: readonly Sample[], join: string): Sample => ({
  markdown: parts.map(({ markdown }) => markdown).join(join),
  headings: parts.flatMap(({ headings }) => headings),
  items: parts.flatMap(({ items }) => items),
  codeLines: parts.flatMap(({ codeLines }) => codeLines),
  targets: parts.flatMap(({ targets }) => targets),
});

const word = fc.constantFrom("alpha", "Größe", "snake_case", "2026", "a-b", "日本", "x", "3.5");
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(" "));
const target = fc.constantFrom(
  "https://x.org",
  "http://y.org/a_b?c=d#e",
  "https://z.org/ä(1)",
  "mailto:me@x.org",
);
const code = fc.constantFrom("a", "Array<string>", "a|b", "**x**", "$ rm -r", "<!-- c -->");

const span: fc.Arbitrary<Sample> = fc.oneof(
  words.map((text) => ({ ...nothing, markdown: text })),
  words.map((text) => ({ ...nothing, markdown: `**${text}**` })),
  words.map((text) => ({ ...nothing, markdown: `*${text}*` })),
  words.map((text) => ({ ...nothing, markdown: `~~${text} **${text}**~~` })),
  code.map((text) => ({ ...nothing, markdown: `\`${text}\`` })),
  fc.constantFrom("<b>", "&lt;", "\\*", "1 < 2", "![i](i.png)").map((markdown) => ({ ...nothing, markdown })),
  fc
    .tuple(words, target)
    .map(([text, url]) => ({ ...nothing, markdown: `[${text}](${url})`, targets: [url] })),
);
const line: fc.Arbitrary<Sample> = fc
  .array(span, { minLength: 1, maxLength: 4 })
  .map((spans) => all(spans, " "));

const unique = fc.nat({ max: 1_000_000 });
const heading = fc.tuple(fc.integer({ min: 1, max: 6 }), line, unique).map(([level, text, n]) => ({
  ...text,
  markdown: `${"#".repeat(level)} title${n} ${text.markdown}`,
  headings: [`title${n}`],
}));

const codeLine = fc
  .tuple(fc.constantFrom("", "  ", "\t", "- ", "> ", "# ", "<", "``", "~~~"), unique)
  .map(([indent, n]) => `${indent}line${n}`);
const block = fc
  .tuple(fc.array(codeLine, { maxLength: 4 }), fc.constantFrom("", "ts", "c++"))
  .map(([lines, language]) => ({
    ...nothing,
    markdown: [`\`\`\`\`${language}`, ...lines, "````"].join("\n"),
    codeLines: lines,
  }));

const indented = (markdown: string, by: string): string =>
  markdown
    .split("\n")
    .map((each) => (each === "" ? each : `${by}${each}`))
    .join("\n");

const { flow } = fc.letrec<{ flow: Sample; list: Sample; quote: Sample }>((tie) => ({
  flow: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    line,
    heading,
    block,
    tie("list"),
    tie("quote"),
  ),
  list: fc
    .tuple(
      fc.constantFrom("- ", "* ", "1. ", "7) ", "- [ ] ", "- [x] "),
      fc.array(fc.tuple(line, unique, fc.array(tie("flow"), { maxLength: 2 })), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([marker, items]) => {
      const by = " ".repeat(marker.startsWith("-") ? 2 : marker.length);
      const parts = items.map(([text, n, inner]) => {
        const below = inner.map((each) => ({ ...each, markdown: indented(each.markdown, by) }));
        const own = { ...text, markdown: `${marker}item${n} ${text.markdown}`, items: [`item${n}`] };
        return all([own, ...below], "\n\n");
      });
      return all(parts, "\n");
    }),
  quote: fc.array(tie("flow"), { minLength: 1, maxLength: 3 }).map((inner) => {
    const content = all(inner, "\n\n");
    return { ...content, markdown: indented(content.markdown.replace(/^$/gm, " "), "> ") };
  }),
}));
const sample = fc.array(flow, { maxLength: 5 }).map((parts) => all(parts, "\n\n"));

const textOf = (node: AdfNode): string =>
  everyNode(node)
    .map(({ text = "" }) => text)
    .join("");
const nodesOf = (document: AdfDocument, ...types: readonly string[]): readonly AdfNode[] =>
  everyNode(document).filter(({ type }) => types.includes(type));

test("§5.2, §7.1 Markdown to Jira and back is stable, valid, and loses no heading, item, code line or link target", () => {
  fc.assert(
    fc.property(sample, ({ markdown, headings, items, codeLines, targets }) => {
      const document = markdownToAdf(markdown);
      expect(adfViolations(document)).toEqual([]);
      expect(markdownToAdf(adfToMarkdown(document))).toEqual(document);

      const lines = nodesOf(document, "heading", "paragraph").map(textOf);
      for (const title of headings) expect(lines.some((each) => each.startsWith(title))).toBe(true);
      const entries = nodesOf(document, "listItem", "taskItem").map(textOf);
      for (const item of items)
        expect(entries.some((each) => each.replace(/^[☐☑] /, "").startsWith(item))).toBe(true);
      const kept = nodesOf(document, "codeBlock").flatMap((each) => textOf(each).split("\n"));
      for (const each of codeLines) expect(kept).toContain(each);
      const linked = everyNode(document).flatMap(({ marks = [] }) =>
        marks.map(({ attrs }) => attrs?.["href"]),
      );
      for (const each of targets) expect(linked).toContain(each);
    }),
    { numRuns: 300 },
  );
});

test("§11.9 any text, however odd its Markdown, is stable and valid", () => {
  const odd = fc.constantFrom(
    ..."a|b c| |  |\n|\n\n|*|**|_|~~|`|```\n|- |1. |3) |- [ ] |> |# |    |<b>|[|](http://x.y)|---\n|===\n|\\|&#x20;|\t|ä|\u00a0".split(
      "|",
    ),
    ...[
      "|",
      "\n|-|-|\n",
      "https://a.b/c",
      "me@x.yz",
      "me@x.yz_",
      "www.a.b",
      "![i](p.png)",
      "[^1]",
      "[^1]: n\n",
      "&#10;",
    ],
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: odd }, fc.string({ unit: "binary" })), { maxLength: 30 }),
      (parts) => {
        const document = markdownToAdf(parts.join(""));
        expect(adfViolations(document)).toEqual([]);
        expect(markdownToAdf(adfToMarkdown(document))).toEqual(document);
      },
    ),
    { numRuns: 500 },
  );
});

test("§11.9 any document, however odd, has a Markdown that is stable", () => {
  const types = fc.constantFrom(
    "doc",
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "taskList",
    "taskItem",
    "codeBlock",
    "table",
    "tableRow",
    "tableCell",
    "tableHeader",
    "panel",
    "expand",
    "mention",
    "media",
    "mediaSingle",
    "inlineCard",
    "hardBreak",
    "rule",
    "date",
    "hologram",
    "__proto__",
  );
  const marks = fc.array(
    fc.record({
      type: fc.constantFrom("strong", "em", "code", "strike", "link", "underline"),
      attrs: fc.record({ href: fc.webUrl() }),
    }),
    { maxLength: 3 },
  );
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      fc.record({ type: fc.constant("text"), text: fc.string({ unit: "grapheme" }), marks }),
      fc.record({
        type: types,
        content: fc.array(tie("node"), { maxLength: 4 }),
        attrs: fc.dictionary(
          fc.constantFrom("text", "url", "level", "order", "colspan", "title", "timestamp", "state", "alt"),
          fc.anything(),
        ),
      }),
      fc.anything(),
    ),
  }));
  fc.assert(
    fc.property(fc.array(node), (content) => {
      const document = markdownToAdf(adfToMarkdown({ type: "doc", version: 1, content }));
      expect(adfViolations(document)).toEqual([]);
      expect(markdownToAdf(adfToMarkdown(document))).toEqual(document);
    }),
    { numRuns: 300 },
  );
});
