import type { Nodes, PhrasingContent } from "mdast";
import { type AdfMark, type AdfNode, hardBreak, linkMark, textNode } from "./adf-node.ts";
import { tidyInline } from "./inline.ts";

/** Where `[text][name]` points, by normalised name. */
export type Definitions = ReadonlyMap<string, string>;

/** Read without recursion, because it reads the whole tree. Of two with one name the first counts. */
export const definitionsIn = (tree: Nodes): Definitions => {
  const found = new Map<string, string>();
  const waiting: Nodes[] = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node.url);
    if ("children" in node) waiting.push(...node.children.toReversed());
  }
  return found;
};

/** Texts with marks, and hard breaks. Line ends within a text are spaces, as in every Markdown. */
export const fromPhrasing = (nodes: readonly PhrasingContent[], definitions: Definitions): AdfNode[] =>
  tidyInline(nodes.flatMap((node) => marked(node, [], definitions)));

/** For headings and cells, which have one line. */
export const fromOneLine = (nodes: readonly PhrasingContent[], definitions: Definitions): AdfNode[] =>
  tidyInline(
    fromPhrasing(nodes, definitions).map((node) => (node.type === "hardBreak" ? textNode(" ") : node)),
  );

const marked = (
  node: PhrasingContent,
  marks: readonly AdfMark[],
  definitions: Definitions,
): readonly AdfNode[] => {
  const within = (children: readonly PhrasingContent[], mark: AdfMark): AdfNode[] =>
    children.flatMap((child) => marked(child, [...marks, mark], definitions));
  switch (node.type) {
    case "text":
    case "html":
      return [textNode(oneLine(node.value), marks)];
    case "inlineCode":
      return [textNode(node.value, [...marks, { type: "code" }])];
    case "break":
      return [hardBreak];
    case "strong":
      return within(node.children, { type: "strong" });
    case "emphasis":
      return within(node.children, { type: "em" });
    case "delete":
      return within(node.children, { type: "strike" });
    case "link":
      return linked(node.children, node.url, marks, definitions);
    case "linkReference":
      return linked(node.children, definitions.get(node.identifier) ?? "", marks, definitions);
    case "image":
      return image(node.alt, node.url, marks);
    case "imageReference":
      return image(node.alt, definitions.get(node.identifier) ?? "", marks);
    case "footnoteReference":
      return [textNode(`[${node.label ?? node.identifier}]`, marks)];
    default:
      node satisfies never;
      return [];
  }
};

const linked = (
  children: readonly PhrasingContent[],
  url: string,
  marks: readonly AdfMark[],
  definitions: Definitions,
): readonly AdfNode[] => {
  const link = linkMark(url);
  const inner = children.flatMap((child) => marked(child, [...marks, link], definitions));
  const isBlank = inner.every(({ text = "" }) => text.trim() === "");
  return isBlank ? [textNode(url, [...marks, link])] : inner;
};

/** An image elsewhere would need rights that Jira does not give; its address is worth as much. */
const image = (alt: string | null | undefined, url: string, marks: readonly AdfMark[]): AdfNode[] => {
  const isLinked = marks.some(({ type }) => type === "link");
  const shown = oneLine(alt ?? "").trim();
  if (isLinked) return [textNode(shown || "image", marks)];
  return [textNode(shown || url, [...marks, linkMark(url)])];
};

/** White space around a line end means no more than the one space that it becomes. */
const oneLine = (text: string): string => {
  const lines = text.split("\n");
  const end = lines.length - 1;
  const trimmed = lines.map((line, n) => {
    const rest = n === 0 ? line : line.trimStart();
    return n === end ? rest : rest.trimEnd();
  });
  return trimmed.join(" ");
};
