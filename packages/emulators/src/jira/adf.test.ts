import { describe, expect, test } from "vitest";
import { adfProblem, adfText } from "./adf.ts";

const text = (value: string, ...marks: readonly object[]) => ({ type: "text", text: value, marks });
const paragraph = (...content: readonly unknown[]) => ({ type: "paragraph", content });
const doc = (...content: readonly unknown[]) => ({ type: "doc", version: 1, content });
const list = (type: string, ...items: readonly unknown[]) => ({
  type,
  content: items.map((item) => ({ type: "listItem", content: [item] })),
});

describe("Atlassian documents", () => {
  test.each([
    ["nothing but a doc", doc()],
    ["a paragraph without content", doc({ type: "paragraph" })],
    ["marks", doc(paragraph(text("a", { type: "strong" }, { type: "em" }), { type: "hardBreak" }))],
    [
      "a link in code",
      doc(paragraph(text("a", { type: "code" }, { type: "link", attrs: { href: "https://a.example" } }))),
    ],
    ["nested lists", doc(list("bulletList", list("orderedList", paragraph(text("a")))))],
    ["a heading", doc({ type: "heading", attrs: { level: 2 }, content: [text("a")] })],
    ["code", doc({ type: "codeBlock", attrs: { language: "ts" }, content: [{ type: "text", text: "a" }] })],
    ["a rule", doc({ type: "rule" })],
    [
      "a table",
      doc({
        type: "table",
        content: [{ type: "tableRow", content: [{ type: "tableHeader", content: [paragraph(text("a"))] }] }],
      }),
    ],
  ])("take %s", (_, document) => {
    expect(adfProblem(document)).toBeNull();
  });

  test.each([
    ["text instead of a document", "hello", "it is no doc node"],
    ["another node", paragraph(text("a")), "it is no doc node"],
    ["no version", { type: "doc", content: [] }, "doc has no version 1"],
    ["no content", { type: "doc", version: 1 }, "doc has no content"],
    ["text outside of a paragraph", doc(text("a")), "doc may not hold text"],
    [
      "a list item without its list",
      doc({ type: "listItem", content: [paragraph()] }),
      "doc may not hold listItem",
    ],
    ["text right in a list item", doc(list("bulletList", text("a"))), "listItem may not hold text"],
    ["an empty list", doc({ type: "bulletList", content: [] }), "bulletList is empty"],
    ["empty text", doc(paragraph(text(""))), "text is empty"],
    ["an unknown mark", doc(paragraph(text("a", { type: "bold" }))), "there is no mark bold"],
    ["an unknown node", doc({ type: "marquee" }), "doc may not hold marquee"],
    ["a link to nowhere", doc(paragraph(text("a", { type: "link" }))), "link has no href"],
    [
      "bold code",
      doc(paragraph(text("a", { type: "code" }, { type: "strong" }))),
      "code goes with no mark but link",
    ],
    ["a mark twice", doc(paragraph(text("a", { type: "em" }, { type: "em" }))), "a mark is given twice"],
    [
      "marks in a code block",
      doc({ type: "codeBlock", content: [text("a", { type: "em" })] }),
      "has no marks",
    ],
    ["a heading without a level", doc({ type: "heading", content: [text("a")] }), "heading has no level"],
    ["what is no node", doc(paragraph("a")), "paragraph holds something that is no node"],
  ])("refuse %s", (_, document, problem) => {
    expect(adfProblem(document)).toContain(problem);
  });

  test("refuse what is nested without end", () => {
    let deep: unknown = paragraph(text("a"));
    for (let level = 0; level < 100; level += 1) deep = list("bulletList", deep);
    expect(adfProblem(doc(deep))).toContain("nested deeper");
  });

  test("read as text, a line for each block", () => {
    const document = doc(
      paragraph(text("one "), text("two"), { type: "hardBreak" }, text("three")),
      list("bulletList", paragraph(text("four"))),
    );
    expect(adfText(document)).toBe("one two\nthree\nfour\n");
  });
});
