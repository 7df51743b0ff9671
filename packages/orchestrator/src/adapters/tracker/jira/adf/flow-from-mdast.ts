import type { Html, List, ListItem, Nodes, RootContent, Table } from "mdast";
import { type AdfNode, paragraph, textNode } from "./adf-node.ts";
import { codeLanguage, codeText } from "./code-block.ts";
import { tidyInline } from "./inline.ts";
import { type Definitions, fromOneLine, fromPhrasing } from "./inline-from-mdast.ts";

/** What ADF allows depends on it: an item and a quotation hold paragraphs, lists and code, and nothing else. */
type Place = "document" | "item" | "quotation";

export interface Surroundings {
  readonly definitions: Definitions;
  /** ADF wants an id on every task; the same text gets the same ids. */
  readonly nextTaskId: () => string;
}

interface At extends Surroundings {
  readonly place: Place;
  readonly depth: number;
}

/** Deeper than a reader can follow, and less than Jira's editor can hold; below it everything is text. */
const maxDepth = 24;

/** Blocks that Jira accepts: what may not stand somewhere is said in what may. */
export const fromFlow = (nodes: readonly RootContent[], surroundings: Surroundings): AdfNode[] =>
  blocks(nodes, { ...surroundings, place: "document", depth: 0 });

const blocks = (nodes: readonly RootContent[], at: At): AdfNode[] =>
  at.depth >= maxDepth ? textsOf(nodes) : nodes.flatMap((node) => block(node, at));

const within = (at: At, place: Place): At => ({ ...at, place, depth: at.depth + 1 });

const block = (node: RootContent, at: At): AdfNode[] => {
  switch (node.type) {
    case "paragraph":
      return nonEmpty(fromPhrasing(node.children, at.definitions));
    case "heading": {
      const content = fromOneLine(node.children, at.definitions);
      if (at.place === "document") return [{ type: "heading", attrs: { level: node.depth }, content }];
      return nonEmpty(tidyInline(content.map(bold)));
    }
    case "blockquote": {
      if (at.place !== "document") return blocks(node.children, within(at, at.place));
      const content = blocks(node.children, within(at, "quotation"));
      return [{ type: "blockquote", content: content.length === 0 ? [paragraph([])] : content }];
    }
    case "list":
      return lists(node, at);
    case "code":
      return [codeBlock(node.value, codeLanguage(node.lang))];
    case "html":
      return literal(node);
    case "thematicBreak":
      // Elsewhere ADF has no rule, and it says nothing that the text does not.
      return at.place === "document" ? [{ type: "rule" }] : [];
    case "table":
      return at.place === "document" && widthOf(node) * node.children.length <= maxCells
        ? [fromTable(node, at)]
        : rowsAsText(node, at);
    case "footnoteDefinition":
      return labelled(`[${node.label ?? node.identifier}] `, blocks(node.children, within(at, at.place)));
    case "definition":
      return [];
    default:
      return textsOf([node]);
  }
};

const nonEmpty = (content: readonly AdfNode[]): AdfNode[] =>
  content.length === 0 ? [] : [paragraph(content)];

const bold = (node: AdfNode): AdfNode =>
  node.type === "text" ? { ...node, marks: [...(node.marks ?? []), { type: "strong" }] } : node;

const codeBlock = (value: string, language: string | null): AdfNode => {
  const text = codeText([textNode(value)]);
  return {
    type: "codeBlock",
    ...(language === null ? {} : { attrs: { language } }),
    content: text === "" ? [] : [textNode(text)],
  };
};

/** HTML is shown, never obeyed: line by line, as it was written. */
const literal = ({ value }: Html): AdfNode[] => nonEmpty(tidyInline([textNode(value)]));

/** In front of the first paragraph, or as one of its own. */
const labelled = (label: string, content: readonly AdfNode[]): AdfNode[] => {
  const [first, ...rest] = content;
  return first?.type === "paragraph"
    ? [paragraph(tidyInline([textNode(label), ...(first.content ?? [])])), ...rest]
    : [paragraph(tidyInline([textNode(label)])), ...content];
};

/** ADF's tables are full: one long row would cost an empty cell in every other. */
const maxCells = 10_000;

const widthOf = ({ children }: Table): number =>
  children.reduce((width, row) => Math.max(width, row.children.length), 0);

const fromTable = (table: Table, at: At): AdfNode => {
  const width = widthOf(table);
  return {
    type: "table",
    content: table.children.map((row, n) => ({
      type: "tableRow",
      content: Array.from({ length: width }, (_, column) => ({
        type: n === 0 ? "tableHeader" : "tableCell",
        content: [paragraph(fromOneLine(row.children[column]?.children ?? [], at.definitions))],
      })),
    })),
  };
};

const rowsAsText = ({ children }: Table, at: At): AdfNode[] =>
  children.flatMap((row) =>
    nonEmpty(
      tidyInline(
        row.children.flatMap((cell, n) => [
          ...(n === 0 ? [] : [textNode(" | ")]),
          ...fromOneLine(cell.children, at.definitions),
        ]),
      ),
    ),
  );

/** ADF's task lists hold tasks only, so a list that mixes them with other items becomes several, one after the other. */
const lists = (list: List, at: At): AdfNode[] => {
  const result: AdfNode[] = [];
  let run: ListItem[] = [];
  const endRun = (end: number): void => {
    const [first] = run;
    if (first === undefined) return;
    if (isTask(first, at)) result.push(taskList(run, at));
    else result.push(plainList(run, list, (list.start ?? 1) + end - run.length, at));
    run = [];
  };
  for (const [n, item] of list.children.entries()) {
    if (run[0] !== undefined && isTask(run[0], at) !== isTask(item, at)) endRun(n);
    run.push(item);
  }
  endRun(list.children.length);
  return result;
};

/** ADF's tasks hold one text, and tasks below it. Any other item keeps its box as a character. */
const isTask = (item: ListItem, at: At): boolean => {
  const [first, ...rest] = item.children;
  return (
    at.place === "document" &&
    at.depth < maxDepth &&
    typeof item.checked === "boolean" &&
    first?.type === "paragraph" &&
    fromPhrasing(first.children, at.definitions).length > 0 &&
    rest.every(
      (child) =>
        child.type === "list" && child.children.every((inner) => isTask(inner, within(at, "document"))),
    )
  );
};

const taskList = (items: readonly ListItem[], at: At): AdfNode => ({
  type: "taskList",
  attrs: { localId: at.nextTaskId() },
  content: items.flatMap((item): AdfNode[] => {
    const [text, ...nested] = item.children;
    if (text?.type !== "paragraph") return [];
    const attrs = { localId: at.nextTaskId(), state: item.checked === true ? "DONE" : "TODO" };
    return [
      { type: "taskItem", attrs, content: fromPhrasing(text.children, at.definitions) },
      ...nested.flatMap((list) =>
        list.type === "list" ? [taskList(list.children, within(at, "document"))] : [],
      ),
    ];
  }),
});

const plainList = (items: readonly ListItem[], { ordered }: List, order: number, at: At): AdfNode => ({
  type: ordered === true ? "orderedList" : "bulletList",
  ...(ordered === true ? { attrs: { order } } : {}),
  content: items.map((item) => listItem(item, within(at, "item"))),
});

const listItem = ({ checked, children }: ListItem, at: At): AdfNode => {
  const content = blocks(children, at);
  if (typeof checked === "boolean")
    return { type: "listItem", content: labelled(checked ? "☑ " : "☐ ", content) };
  return {
    type: "listItem",
    content: content[0]?.type === "paragraph" ? content : [paragraph([]), ...content],
  };
};

/** All text below, without recursion: the stack is not deep enough for what a stranger can write. */
const textsOf = (nodes: readonly Nodes[]): AdfNode[] => {
  const texts: string[] = [];
  const waiting: Nodes[] = nodes.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ("value" in node) texts.push(node.value);
    if ("url" in node) texts.push(node.url);
    if ("children" in node) waiting.push(...node.children.toReversed());
  }
  return nonEmpty(tidyInline([textNode(texts.join(" "))]));
};
