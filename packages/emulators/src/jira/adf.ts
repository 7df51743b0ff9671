/** Which nodes may lie in which, after Atlassian's description of the document format; what is not listed may lie nowhere. */
const inline = [
  "text",
  "hardBreak",
  "mention",
  "emoji",
  "inlineCard",
  "date",
  "status",
  "mediaInline",
] as const;
const lists = ["bulletList", "orderedList"] as const;
const media = ["mediaSingle", "mediaGroup"] as const;
const listContent = ["paragraph", ...lists, "codeBlock", "mediaSingle", "taskList"] as const;
const panelContent = [
  "paragraph",
  "heading",
  ...lists,
  "codeBlock",
  "rule",
  ...media,
  "taskList",
  "decisionList",
  "blockCard",
] as const;
const cellContent = [...panelContent, "blockquote", "panel", "nestedExpand"] as const;
const blocks = [...panelContent, "blockquote", "panel", "expand", "table", "embedCard"] as const;

const content: Readonly<Record<string, readonly string[]>> = {
  doc: blocks,
  paragraph: inline,
  heading: inline,
  codeBlock: ["text"],
  blockquote: ["paragraph", ...lists, "codeBlock", ...media],
  bulletList: ["listItem"],
  orderedList: ["listItem"],
  listItem: listContent,
  panel: panelContent,
  expand: [...cellContent],
  nestedExpand: [...panelContent, "blockquote", "panel"],
  table: ["tableRow"],
  tableRow: ["tableHeader", "tableCell"],
  tableHeader: cellContent,
  tableCell: cellContent,
  taskList: ["taskItem", "taskList"],
  taskItem: inline,
  decisionList: ["decisionItem"],
  decisionItem: inline,
  mediaSingle: ["media", "caption"],
  mediaGroup: ["media"],
  caption: inline,
};

const mayBeEmpty = new Set([
  "doc",
  "paragraph",
  "heading",
  "codeBlock",
  "taskItem",
  "decisionItem",
  "caption",
]);
const marks = new Set([
  "strong",
  "em",
  "code",
  "strike",
  "underline",
  "link",
  "subsup",
  "textColor",
  "backgroundColor",
]);
const maxDepth = 60;

interface AdfNode {
  readonly type: string;
  readonly content?: readonly unknown[];
  readonly text?: unknown;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly unknown[];
}

/** What is wrong with a document; null where Jira would take it. */
export const adfProblem = (document: unknown): string | null => {
  const node = asNode(document);
  if (node === null || node.type !== "doc") return "it is no doc node";
  if (recordOf(document)?.["version"] !== 1) return "doc has no version 1";
  if (node.content === undefined) return "doc has no content";
  return nodeProblem(node, 0);
};

/** Characters that a person reads; blocks are lines. */
export const adfText = (document: unknown): string => {
  const node = asNode(document);
  if (node === null) return "";
  if (node.type === "text") return typeof node.text === "string" ? node.text : "";
  if (node.type === "hardBreak") return "\n";
  const text = (node.content ?? []).map(adfText).join("");
  return content[node.type] === inline || node.type === "codeBlock" ? `${text}\n` : text;
};

const nodeProblem = (node: AdfNode, depth: number): string | null => {
  if (depth > maxDepth) return `it is nested deeper than ${maxDepth}`;
  if (node.type === "text") return textProblem(node);
  const allowed = content[node.type];
  const children = node.content ?? [];
  if (allowed === undefined) return children.length === 0 ? null : `${node.type} takes no content`;
  if (children.length === 0 && !mayBeEmpty.has(node.type)) return `${node.type} is empty`;
  const level = node.attrs?.["level"];
  if (node.type === "heading" && ![1, 2, 3, 4, 5, 6].some((one) => one === level))
    return "heading has no level from 1 to 6";
  for (const child of children) {
    const inner = asNode(child);
    if (inner === null) return `${node.type} holds something that is no node`;
    if (!allowed.includes(inner.type)) return `${node.type} may not hold ${inner.type}`;
    if (node.type === "codeBlock" && (inner.marks ?? []).length > 0)
      return "text in a codeBlock has no marks";
    const problem = nodeProblem(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
};

const textProblem = ({ text, marks: given = [] }: AdfNode): string | null => {
  if (typeof text !== "string" || text === "") return "text is empty";
  const types = given.map((mark) => asNode(mark)?.type ?? "");
  const unknown = types.find((type) => !marks.has(type));
  if (unknown !== undefined) return `there is no mark ${unknown}`;
  if (new Set(types).size < types.length) return "a mark is given twice";
  if (types.includes("code") && types.some((type) => type !== "code" && type !== "link"))
    return "code goes with no mark but link";
  const link = asNode(given[types.indexOf("link")]);
  return link !== null && typeof link.attrs?.["href"] !== "string" ? "link has no href" : null;
};

const asNode = (value: unknown): AdfNode | null => {
  const record = recordOf(value);
  if (typeof record?.["type"] !== "string") return null;
  const { type, content: children, text, attrs, marks: given } = record;
  return {
    type,
    text,
    ...(Array.isArray(children) ? { content: children } : {}),
    ...(recordOf(attrs) === null ? {} : { attrs: recordOf(attrs) ?? {} }),
    ...(Array.isArray(given) ? { marks: given } : {}),
  };
};

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
