import type { BlockContent, Blockquote, List, ListItem } from "mdast";
import { type AdfNode, attribute, linkMark, paragraph, textNode } from "./adf-node.ts";
import { codeLanguage, codeText } from "./code-block.ts";
import { boldLine, toOneLine, toPhrasing } from "./inline-to-mdast.ts";
import { rowInLine, toTable } from "./table-to-mdast.ts";

type Flow = BlockContent;

const inlineTypes: ReadonlySet<string> = new Set([
  "text",
  "hardBreak",
  "mention",
  "emoji",
  "date",
  "status",
  "inlineCard",
  "placeholder",
  "inlineExtension",
  "mediaInline",
]);

/** Blocks as they are; inline nodes between them as paragraphs. */
export const toFlow = (nodes: readonly AdfNode[]): Flow[] => {
  const result: Flow[] = [];
  let line: AdfNode[] = [];
  const endLine = (): void => {
    result.push(...asParagraph(line));
    line = [];
  };
  for (const node of nodes) {
    if (inlineTypes.has(node.type)) line.push(node);
    else {
      endLine();
      result.push(...toBlock(node));
    }
  }
  endLine();
  return result;
};

/** An empty paragraph has no Markdown. */
const asParagraph = (nodes: readonly AdfNode[]): Flow[] => {
  const children = toPhrasing(nodes);
  return children.length === 0 ? [] : [{ type: "paragraph", children }];
};

const toBlock = (node: AdfNode): Flow[] => {
  const { type, content = [] } = node;
  switch (type) {
    case "paragraph":
    case "caption":
      return asParagraph(content);
    case "heading":
      return [{ type: "heading", depth: headingDepth(node), children: toOneLine(content) }];
    case "codeBlock":
      return [{ type: "code", lang: codeLanguage(attribute(node, "language")), value: codeText(content) }];
    case "blockquote":
      return [quote(content)];
    case "panel":
      return [quote([boldLine(panelNames.get(attribute(node, "panelType")) ?? "Note"), ...content])];
    case "rule":
      return [{ type: "thematicBreak" }];
    case "bulletList":
    case "orderedList":
    case "taskList":
    case "decisionList":
      return toList(node);
    case "table": {
      const table = toTable(node);
      return table === null ? content.flatMap((row) => asParagraph(rowInLine(row))) : [table];
    }
    case "media":
    case "blockCard":
    case "embedCard":
      return asParagraph([node]);
    case "expand":
    case "nestedExpand":
      return [...toFlow([boldLine(attribute(node, "title"))]), ...toFlow(content)];
    default:
      return unknownBlock(node);
  }
};

/** A layout, an extension, or what is not invented yet: whatever it shows as text, and what stands in it. */
const unknownBlock = (node: AdfNode): Flow[] => {
  const { text, content = [] } = node;
  const url = attribute(node, "url");
  const own = [text ?? "", attribute(node, "title"), attribute(node, "text")].filter((said) => said !== "");
  return [
    ...own.flatMap((said) => asParagraph([textNode(said)])),
    ...asParagraph(url === "" ? [] : [textNode(url, [linkMark(url)])]),
    ...toFlow(content),
  ];
};

const panelNames: ReadonlyMap<string, string> = new Map([
  ["info", "Info"],
  ["note", "Note"],
  ["tip", "Tip"],
  ["success", "Success"],
  ["warning", "Warning"],
  ["error", "Error"],
]);

const headingDepth = (node: AdfNode): 1 | 2 | 3 | 4 | 5 | 6 => {
  const level = Number(attribute(node, "level"));
  return ([1, 2, 3, 4, 5, 6] as const).find((depth) => depth >= level) ?? (level > 6 ? 6 : 1);
};

const quote = (content: readonly AdfNode[]): Blockquote => ({
  type: "blockquote",
  children: toFlow(content),
});

/** Numbers have at most nine digits in Markdown, those of the items that follow included. */
const maxStart = 99_999_999;

const toList = ({ type, attrs, content = [] }: AdfNode): Flow[] => {
  const order = Math.trunc(Number(attrs?.["order"] ?? 1));
  const children: ListItem[] = [];
  for (const item of content) {
    const last = children.at(-1);
    // ADF hangs a nested task list beside its item; Markdown hangs it below.
    if (item.type === "taskList" && last !== undefined) last.children.push(...toList(item));
    else children.push(toItem(item));
  }
  if (children.length === 0) return [];
  const ordered = type === "orderedList";
  const list: List = { type: "list", ordered, spread: false, children: children.map(withRoom) };
  return [ordered ? { ...list, start: order >= 0 && order <= maxStart ? order : 1 } : list];
};

const itemTypes: ReadonlySet<string> = new Set(["listItem", "taskItem", "blockTaskItem", "decisionItem"]);

const toItem = (item: AdfNode): ListItem => {
  const { type, content = [] } = item;
  if (!itemTypes.has(type)) return plainItem(toFlow([item]));
  if (type === "decisionItem") return plainItem(toFlow([textNode("Decision: "), ...content]));
  const children = toFlow(content);
  if (type !== "taskItem" && type !== "blockTaskItem") return plainItem(children);
  const checked = attribute(item, "state") === "DONE";
  if (children[0]?.type === "paragraph") return { ...plainItem(children), checked };
  // Markdown's box needs a text behind it.
  return plainItem([...toFlow([paragraph([textNode(checked ? "☑" : "☐")])]), ...children]);
};

const plainItem = (children: readonly Flow[]): ListItem => ({
  type: "listItem",
  spread: false,
  children: [...children],
});

/** Right below a text, an empty item would read as the underline of a heading, and a list that starts at 3 as more text. */
const withRoom = (item: ListItem): ListItem => {
  const needed = item.children.some(
    (child) =>
      child.type === "list" &&
      ((child.ordered === true && child.start !== 1) || child.children[0]?.children.length === 0),
  );
  return needed ? { ...item, spread: true } : item;
};
