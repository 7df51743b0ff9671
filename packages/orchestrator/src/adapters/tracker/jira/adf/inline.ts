import { type AdfMark, type AdfNode, attribute, cleanText, linkMark, textNode } from "./adf-node.ts";
import { linkBareAddresses, linkTarget, targetAsText } from "./link-target.ts";

/** Outermost first. What else ADF knows (underline, colour, sub- and superscript) has no Markdown. */
const markOrder = ["link", "strong", "em", "strike", "code"] as const;
type MarkType = (typeof markOrder)[number];

const has = (node: AdfNode, type: MarkType): boolean =>
  node.marks?.some((mark) => mark.type === type) ?? false;

export const hrefOf = ({ marks }: AdfNode): string => {
  const link = marks?.find(({ type }) => type === "link");
  return link === undefined ? "" : attribute(link, "href");
};

/**
 * Inline content in its one normal form, the same for both directions, so that a text that goes back and forth
 * stays as it is: texts and hard breaks only, Markdown's marks in one order, neighbours of a kind joined, no white space at the
 * edges of a line or of emphasis (Markdown cannot say it), bare addresses linked.
 */
export const tidyInline = (nodes: readonly AdfNode[]): AdfNode[] => {
  const parts = nodes.flatMap(withLines).flatMap(withAllowedMarks);
  const linked = joined(parts).flatMap((node) =>
    node.type !== "text" || has(node, "link") || has(node, "code")
      ? [node]
      : linkBareAddresses(node, (text, href) => textNode(text, [linkMark(href), ...(node.marks ?? [])])),
  );
  const hoisted = markOrder
    .filter((type) => type !== "code")
    .reduce<readonly AdfNode[]>(withoutMarkedEdges, linked);
  return trimmedLines(joined(hoisted));
};

/** All texts, without breaks. */
export const plainText = (nodes: readonly AdfNode[]): string => nodes.map(({ text = "" }) => text).join("");

const withLines = (node: AdfNode): AdfNode[] => {
  if (node.type !== "text") return [node];
  const text = cleanText(node.text ?? "");
  if (has(node, "code")) return [{ ...node, text: text.replaceAll("\n", " ") }];
  return text
    .split("\n")
    .flatMap((line, n) => [...(n === 0 ? [] : [{ type: "hardBreak" }]), { ...node, text: line }]);
};

const withAllowedMarks = (node: AdfNode): AdfNode[] => {
  if (node.type !== "text") return [node];
  const { text = "" } = node;
  const foreign = hrefOf(node);
  const target = linkTarget(foreign);
  const isCode = has(node, "code");
  const marks = markOrder.flatMap((type): AdfMark[] => {
    if (type === "link") return target === null ? [] : [linkMark(target)];
    return has(node, type) && (!isCode || type === "code") ? [{ type }] : [];
  });
  const aside = target === null ? targetAsText(text.trim(), foreign) : "";
  return aside === "" ? [textNode(text, marks)] : [textNode(text, marks), textNode(aside)];
};

const marksKey = ({ marks = [] }: AdfNode): string =>
  JSON.stringify(marks.map((mark) => [mark.type, attribute(mark, "href")]));

const joined = (nodes: readonly AdfNode[]): AdfNode[] => {
  const result: AdfNode[] = [];
  let pieces: string[] = [];
  let open: AdfNode | null = null;
  const close = (): void => {
    if (open !== null && pieces.length > 0) result.push(textNode(pieces.join(""), open.marks));
    pieces = [];
    open = null;
  };
  for (const node of nodes) {
    if (node.type === "text" && (node.text ?? "") === "") continue;
    if (open === null || node.type !== "text" || marksKey(open) !== marksKey(node)) close();
    if (node.type === "text") {
      open = node;
      pieces.push(node.text ?? "");
    } else result.push(node);
  }
  close();
  return result;
};

/** Where a mark begins or ends with white space, the white space goes without the mark. */
const withoutMarkedEdges = (nodes: readonly AdfNode[], type: MarkType): readonly AdfNode[] => {
  const inside = (node: AdfNode | undefined): boolean => node !== undefined && has(node, type);
  const goesOn = (node: AdfNode, neighbour: AdfNode | undefined): boolean =>
    inside(neighbour) && (type !== "link" || hrefOf(node) === hrefOf(neighbour ?? node));
  return nodes.flatMap((node, n) => {
    if (!inside(node) || has(node, "code")) return [node];
    const { text = "" } = node;
    const from = goesOn(node, nodes[n - 1]) ? 0 : text.length - text.trimStart().length;
    const to = goesOn(node, nodes[n + 1]) ? text.length : Math.max(text.trimEnd().length, from);
    const bare = (node.marks ?? []).filter((mark) => mark.type !== type);
    return [
      textNode(text.slice(0, from), bare),
      textNode(text.slice(from, to), node.marks),
      textNode(text.slice(to), bare),
    ].filter((part) => part.text !== "");
  });
};

const trimmedLines = (nodes: readonly AdfNode[]): AdfNode[] => {
  const lines: AdfNode[][] = [[]];
  for (const node of nodes) {
    if (node.type === "hardBreak") lines.push([]);
    else lines.at(-1)?.push(node);
  }
  const trimmed = lines.map(trimmedLine);
  while (trimmed.length > 0 && trimmed.at(-1)?.length === 0) trimmed.pop();
  const first = trimmed.findIndex((line) => line.length > 0);
  return trimmed
    .slice(Math.max(first, 0))
    .flatMap((line, n) => [...(n === 0 ? [] : [{ type: "hardBreak" }]), ...line]);
};

const trimmedLine = (line: readonly AdfNode[]): AdfNode[] => {
  const parts = [...line];
  const trim = (at: 0 | -1, trimEdge: (text: string) => string): void => {
    for (let edge = parts.at(at); edge !== undefined; edge = parts.at(at)) {
      if (edge.type !== "text" || has(edge, "code")) return;
      const text = trimEdge(edge.text ?? "");
      const index = at === 0 ? 0 : parts.length - 1;
      if (text !== "") {
        parts[index] = textNode(text, edge.marks);
        return;
      }
      parts.splice(index, 1);
    }
  };
  trim(0, (text) => text.trimStart());
  trim(-1, (text) => text.trimEnd());
  return parts;
};
