import type { Link, PhrasingContent } from "mdast";
import { type AdfMark, type AdfNode, attribute, linkMark, paragraph, textNode } from "./adf-node.ts";
import { hrefOf, tidyInline } from "./inline.ts";

/** One line, or several with breaks between them. */
export const toPhrasing = (nodes: readonly AdfNode[]): PhrasingContent[] => nested(toInline(nodes), wrappers);

/** Where Markdown has no room for a break: headings, table cells. */
export const toOneLine = (nodes: readonly AdfNode[]): PhrasingContent[] =>
  nested(
    tidyInline(toInline(nodes).map((node) => (node.type === "hardBreak" ? textNode(" ") : node))),
    wrappers,
  );

/** Every inline node as text, with Markdown's marks, and hard breaks. */
export const toInline = (nodes: readonly AdfNode[]): AdfNode[] => tidyInline(nodes.flatMap(asTexts));

const asTexts = (node: AdfNode): readonly AdfNode[] => {
  const { type, text, marks, content = [] } = node;
  if (type === "hardBreak") return [node];
  const said = (words: string): AdfNode[] => [textNode(words, marks)];
  switch (type) {
    case "mention":
      return said(`@${(attribute(node, "text") || attribute(node, "id")).replace(/^@/, "")}`);
    case "emoji":
      return said(attribute(node, "text") || attribute(node, "shortName"));
    case "date":
      return said(dayOf(attribute(node, "timestamp")));
    case "inlineCard":
    case "blockCard":
    case "embedCard":
      return [textNode(cardUrl(node), [linkMark(cardUrl(node))])];
    case "media":
    case "mediaInline":
      return media(node, marks);
    default:
      return [
        ...(text === undefined ? said(attribute(node, "text")) : [textNode(text, marks)]),
        ...content.flatMap(asTexts),
      ];
  }
};

const cardUrl = (node: AdfNode): string => {
  const data = node.attrs?.["data"];
  if (typeof data !== "object" || data === null) return attribute(node, "url");
  return attribute(node, "url") || attribute({ type: "data", attrs: { ...data } }, "url");
};

/** A file lies behind a credential of its own: only its name is of use to a reader. */
const media = (node: AdfNode, marks: readonly AdfMark[] | undefined): AdfNode[] => {
  const url = attribute(node, "url");
  const name = attribute(node, "alt") || attribute(node, "__fileName");
  if (url !== "") return [textNode(name || url, [linkMark(url)])];
  const shown = (name || attribute(node, "id") || "file").replace(/[[\]()\s]+/g, " ").trim();
  return [textNode(`[attachment: ${shown}]`, marks)];
};

/** ADF's dates are milliseconds at midnight UTC, as text. */
const dayOf = (timestamp: string): string => {
  const day = new Date(Number(timestamp || Number.NaN));
  return Number.isNaN(day.getTime()) ? timestamp : day.toISOString().slice(0, 10);
};

interface Wrapper {
  readonly type: string;
  readonly wrap: (children: PhrasingContent[], href: string) => PhrasingContent;
}

const wrappers: readonly Wrapper[] = [
  // A link holds no link; there is one mark of a kind on a text.
  { type: "link", wrap: (children, url): Link => ({ type: "link", url, children }) },
  { type: "strong", wrap: (children) => ({ type: "strong", children }) },
  { type: "em", wrap: (children) => ({ type: "emphasis", children }) },
  { type: "strike", wrap: (children) => ({ type: "delete", children }) },
];

/** Neighbours that share a mark stand in one span of it, which is the only way in which Markdown can say it. */
const nested = (nodes: readonly AdfNode[], [wrapper, ...inner]: readonly Wrapper[]): PhrasingContent[] => {
  if (wrapper === undefined) return nodes.map(leaf);
  const result: PhrasingContent[] = [];
  for (let start = 0; start < nodes.length; ) {
    const key = keyOf(nodes[start], wrapper);
    let end = start + 1;
    while (end < nodes.length && keyOf(nodes[end], wrapper) === key) end += 1;
    const children = nested(nodes.slice(start, end), inner);
    if (key === null) result.push(...children);
    else result.push(wrapper.wrap(children, key));
    start = end;
  }
  return result;
};

const keyOf = (node: AdfNode | undefined, { type }: Wrapper): string | null =>
  node?.marks?.some((mark) => mark.type === type) ? (type === "link" ? hrefOf(node) : "") : null;

const leaf = ({ type, text = "", marks = [] }: AdfNode): PhrasingContent => {
  if (type === "hardBreak") return { type: "break" };
  return marks.some((mark) => mark.type === "code")
    ? { type: "inlineCode", value: text }
    : { type: "text", value: text };
};

export const boldLine = (text: string): AdfNode => paragraph([textNode(text, [{ type: "strong" }])]);
