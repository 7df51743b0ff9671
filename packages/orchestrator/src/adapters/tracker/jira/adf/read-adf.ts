import { type AdfMark, type AdfNode, cleanText, textNode } from "./adf-node.ts";

/**
 * Documents are written by strangers, so nothing about them is sure. Three times what Jira allows in one field (32,767
 * characters), and deeper than its editor can nest.
 */
const limits = { depth: 40, nodes: 20_000, text: 100_000, marks: 20, looks: 1_000_000 };

interface Budget {
  nodes: number;
  text: number;
  /** For text in what is too deep or unknown; each costs much less than a node. */
  looks: number;
}

export interface ReadAdf {
  readonly content: readonly AdfNode[];
  /** Something was left out, because there was too much of it. */
  readonly cut: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Any value as nodes: an unknown shape keeps its text, a too deep one keeps it as one text, a too long one is cut. */
export const readAdf = (document: unknown): ReadAdf => {
  const budget = { ...limits };
  const content = readAll(isDocument(document) ? document["content"] : document, 0, budget);
  return { content, cut: isSpent(budget) };
};

/** Every text in something that is no ADF, whatever it is called there. */
export const readForeign = (value: unknown): ReadAdf => {
  const budget = { ...limits };
  const content = isDocument(value) ? [] : anyText(value, budget, isForeignText);
  return { content, cut: isSpent(budget) };
};

const isDocument = (value: unknown): value is Fields => isFields(value) && value["type"] === "doc";

const isSpent = (budget: Budget): boolean => budget.nodes <= 0 || budget.text <= 0 || budget.looks <= 0;

const readAll = (value: unknown, depth: number, budget: Budget): AdfNode[] => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (depth >= limits.depth) return anyText(values, budget, (key) => key === "text");
  const nodes: AdfNode[] = [];
  for (const each of values) {
    if (isSpent(budget)) break;
    nodes.push(...readOne(each, depth, budget));
  }
  return nodes;
};

const readOne = (value: unknown, depth: number, budget: Budget): readonly AdfNode[] => {
  budget.nodes -= 1;
  if (typeof value === "string" || typeof value === "number") return [textNode(take(String(value), budget))];
  if (Array.isArray(value)) return readAll(value, depth + 1, budget);
  if (!isFields(value)) return [];
  const { type, attrs, text, marks, content } = value;
  if (typeof type !== "string" && text === undefined && content === undefined) return [];
  return [
    {
      type: typeof type === "string" ? type : typeof text === "string" ? "text" : "unknown",
      ...(isFields(attrs) ? { attrs } : {}),
      ...(typeof text === "string" ? { text: take(text, budget) } : {}),
      ...(Array.isArray(marks) ? { marks: readMarks(marks) } : {}),
      ...(content === undefined || content === null ? {} : { content: readAll(content, depth + 1, budget) }),
    },
  ];
};

const readMarks = (marks: readonly unknown[]): AdfMark[] =>
  marks.slice(0, limits.marks).flatMap((mark) => {
    if (!isFields(mark) || typeof mark["type"] !== "string") return [];
    return [{ type: mark["type"], ...(isFields(mark["attrs"]) ? { attrs: mark["attrs"] } : {}) }];
  });

const take = (text: string, budget: Budget): string => {
  const taken = cleanText(text.slice(0, Math.max(budget.text, 0)));
  budget.text -= text.length;
  return taken;
};

const isForeignText = (key: string): boolean => key !== "type" && key !== "version" && key !== "id";

/** Every text below, in reading order, without recursion: a hundred thousand levels are as good as one. */
const anyText = (value: unknown, budget: Budget, isText: (key: string) => boolean): AdfNode[] => {
  const found: string[] = [];
  const waiting: (readonly [key: string, value: unknown])[] = [["text", value]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isSpent(budget)) break;
    budget.looks -= 1;
    const [key, inner] = next;
    if (typeof inner === "string" && isText(key)) found.push(take(inner, budget));
    else if (typeof inner === "object" && inner !== null)
      for (const entry of entriesOf(key, inner)) waiting.push(entry);
  }
  return found.length === 0 ? [] : [textNode(found.join(" "))];
};

/** Last first: what is put down last is taken up first. */
const entriesOf = (key: string, value: object): (readonly [string, unknown])[] => {
  const entries = Array.isArray(value)
    ? value.map((each: unknown) => [key, each] as const)
    : Object.entries(value);
  return entries.reverse();
};
