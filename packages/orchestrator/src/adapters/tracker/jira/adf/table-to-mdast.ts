import type { Table, TableRow } from "mdast";
import { type AdfNode, attribute, textNode } from "./adf-node.ts";
import { plainText } from "./inline.ts";
import { toOneLine } from "./inline-to-mdast.ts";

/** No honest table is wider; a cell may claim to span a billion columns. */
const maxColumns = 100;

/** Markdown's tables are full: one long row costs an empty cell in every other. */
const maxCells = 20_000;

/**
 * Null: it has no rows, or would be full of empty cells. A table without a row of header cells gets an empty one:
 * Markdown has no table without.
 */
export const toTable = ({ content = [] }: AdfNode): Table | null => {
  const rows = content.map((row) => cellsOf(row).flatMap(spanned));
  const width = rows.reduce((widest, cells) => Math.max(widest, cells.length), 0);
  if (width === 0 || width * rows.length > maxCells) return null;
  const [first = []] = rows;
  const hasHeader = first.every(({ type }) => type === "tableHeader");
  const lines = hasHeader ? rows : [[], ...rows];
  return { type: "table", align: [], children: lines.map((cells) => toRow(cells, width)) };
};

/** `a | b`, for a row that stands in no table. */
export const rowInLine = (row: AdfNode): AdfNode[] =>
  cellsOf(row).flatMap((cell, n) => [
    ...(n === 0 ? [] : [textNode(" | ")]),
    ...(cell.content ?? []).flatMap(inOneLine),
  ]);

const cellsOf = (row: AdfNode): readonly AdfNode[] =>
  (row.type === "tableRow" ? (row.content ?? []) : [row]).map((cell) =>
    cell.type === "tableCell" || cell.type === "tableHeader" ? cell : { type: "tableCell", content: [cell] },
  );

/** A cell over several columns is followed by empty ones, so that those after it stand where they belong. */
const spanned = (cell: AdfNode): AdfNode[] => {
  const columns = Math.min(Math.max(Math.trunc(Number(attribute(cell, "colspan"))) || 1, 1), maxColumns);
  return [cell, ...Array.from({ length: columns - 1 }, () => ({ type: cell.type }))];
};

const toRow = (cells: readonly AdfNode[], width: number): TableRow => ({
  type: "tableRow",
  children: Array.from({ length: width }, (_, n) => ({
    type: "tableCell",
    children: toOneLine((cells[n]?.content ?? []).flatMap(inOneLine)),
  })),
});

/** Blocks within a cell, one after the other, each behind a space: Markdown's cells have one line. */
const inOneLine = (block: AdfNode): AdfNode[] => {
  const { type, content = [] } = block;
  switch (type) {
    case "codeBlock":
      return plainText(content)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .flatMap((line) => [textNode(" "), textNode(line, [{ type: "code" }])]);
    case "taskItem":
    case "decisionItem":
      return [textNode(" • "), ...content];
    case "listItem":
      return [textNode(" •"), ...content.flatMap(inOneLine)];
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
      return [textNode(` ${attribute(block, "title")}`.trimEnd()), ...content.flatMap(inOneLine)];
    default:
      return [textNode(" "), block];
  }
};
