import type { Table, TableRow } from "mdast";
import { type AdfNode, attribute, textNode } from "./adf-node.ts";
import { plainText } from "./inline.ts";
import { toOneLine } from "./inline-to-mdast.ts";

/** No honest table is wider; a cell may claim to span a billion columns. */
const maxColumns = 100;

/** Null: it has no rows. A table without a row of header cells gets an empty one: Markdown has no table without. */
export const toTable = ({ content = [] }: AdfNode): Table | null => {
  const rows = content.map(({ content: cells = [] }) => cells.flatMap(spanned).slice(0, maxColumns));
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  if (width === 0) return null;
  const [first = []] = rows;
  const hasHeader = first.every(({ type }) => type === "tableHeader");
  const lines = hasHeader ? rows : [[], ...rows];
  return { type: "table", align: [], children: lines.map((cells) => toRow(cells, width)) };
};

/** A cell over several columns is followed by empty ones, so that those after it stand where they belong. */
const spanned = (cell: AdfNode): AdfNode[] => {
  const columns = Math.min(Math.max(Math.trunc(Number(attribute(cell, "colspan"))) || 1, 1), maxColumns);
  return [cell, ...Array.from({ length: columns - 1 }, () => ({ type: cell.type }))];
};

const toRow = (cells: readonly AdfNode[], width: number): TableRow => ({
  type: "tableRow",
  children: Array.from({ length: width }, (_, n) => ({
    type: "tableCell",
    children: toOneLine((cells[n]?.content ?? []).flatMap((block) => [...inOneLine(block), textNode(" ")])),
  })),
});

/** Blocks within a cell, one after the other: Markdown's cells have one line. */
const inOneLine = (block: AdfNode): AdfNode[] => {
  const { type, content = [] } = block;
  switch (type) {
    case "codeBlock":
      return plainText(content)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .flatMap((line) => [textNode(line, [{ type: "code" }]), textNode(" ")]);
    case "listItem":
    case "taskItem":
    case "decisionItem":
      return [textNode("• "), ...content.flatMap(inOneLine), textNode(" ")];
    case "bulletList":
    case "orderedList":
    case "taskList":
    case "decisionList":
    case "table":
    case "tableRow":
    case "tableCell":
    case "tableHeader":
    case "blockquote":
    case "panel":
    case "nestedExpand":
      return [
        textNode(attribute(block, "title")),
        ...content.flatMap((inner) => [textNode(" "), ...inOneLine(inner)]),
      ];
    default:
      return [block];
  }
};
