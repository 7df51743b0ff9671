import type { AdfDocument, AdfNode } from "../adf-node.ts";

/**
 * What each node may hold, of the nodes that we write.
 * https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
const topLevel = [
  "paragraph",
  "heading",
  "bulletList",
  "orderedList",
  "taskList",
  "codeBlock",
  "blockquote",
  "rule",
  "table",
];
const inline = ["text", "hardBreak"];
const allowed: Readonly<Record<string, readonly string[]>> = {
  doc: topLevel,
  paragraph: inline,
  heading: inline,
  bulletList: ["listItem"],
  orderedList: ["listItem"],
  listItem: ["paragraph", "bulletList", "orderedList", "codeBlock"],
  taskList: ["taskItem", "taskList"],
  taskItem: inline,
  codeBlock: ["text"],
  blockquote: ["paragraph", "bulletList", "orderedList", "codeBlock"],
  table: ["tableRow"],
  tableRow: ["tableHeader", "tableCell"],
  tableHeader: ["paragraph"],
  tableCell: ["paragraph"],
  text: [],
  hardBreak: [],
  rule: [],
};
const neverEmpty = [
  "doc",
  "bulletList",
  "orderedList",
  "listItem",
  "taskList",
  "blockquote",
  "table",
  "tableRow",
  "tableHeader",
  "tableCell",
];

/** Every rule of ADF that the document breaks; none: Jira takes it. */
export const adfViolations = (document: AdfDocument): readonly string[] => violationsOf(document);

const violationsOf = (node: AdfNode): readonly string[] => {
  const { type, content = [] } = node;
  const children = allowed[type];
  if (children === undefined) return [`unknown node ${type}`];
  return [
    ...content.filter((child) => !children.includes(child.type)).map((child) => `${child.type} in ${type}`),
    ...(neverEmpty.includes(type) && content.length === 0 ? [`${type} without content`] : []),
    ...ownViolations(node),
    ...content.flatMap(violationsOf),
  ];
};

const ownViolations = ({ type, attrs = {}, content = [], text, marks = [] }: AdfNode): readonly string[] => {
  const broken = (rule: string, isBroken: boolean): string[] => (isBroken ? [rule] : []);
  switch (type) {
    case "text": {
      const types = marks.map((mark) => mark.type);
      return [
        ...broken("empty text", text === undefined || text === ""),
        ...broken("control character", /(?![\n\t])\p{Cc}|\p{Cs}/u.test(text ?? "")),
        ...broken(
          `marks ${types.join()}`,
          new Set(types).size !== types.length ||
            types.some((mark) => !["link", "strong", "em", "strike", "code"].includes(mark)),
        ),
        ...broken(
          "code with another mark than link",
          types.includes("code") && types.some((mark) => mark !== "code" && mark !== "link"),
        ),
        ...marks.flatMap((mark) =>
          broken(
            `link to ${String(mark.attrs?.["href"])}`,
            mark.type === "link" && !/^(?:https?:\/\/|mailto:)\S+$/i.test(String(mark.attrs?.["href"])),
          ),
        ),
      ];
    }
    case "heading":
      return broken("heading level", ![1, 2, 3, 4, 5, 6].includes(Number(attrs["level"])));
    case "listItem":
      return broken("listItem begins with no paragraph", content[0]?.type !== "paragraph");
    case "orderedList":
      return broken("order", !Number.isInteger(attrs["order"]) || Number(attrs["order"]) < 0);
    case "taskList":
      return [
        ...broken("taskList without localId", typeof attrs["localId"] !== "string"),
        ...broken("taskList begins with no task", content[0]?.type !== "taskItem"),
      ];
    case "taskItem":
      return broken(
        "taskItem",
        typeof attrs["localId"] !== "string" || !["TODO", "DONE"].includes(String(attrs["state"])),
      );
    case "codeBlock":
      return broken(
        "marked text in codeBlock",
        content.some((child) => (child.marks ?? []).length > 0),
      );
    case "table":
      return broken("rows of different length", new Set(content.map((row) => row.content?.length)).size > 1);
    default:
      return [];
  }
};

export const everyNode = (node: AdfNode): readonly AdfNode[] => [
  node,
  ...(node.content ?? []).flatMap(everyNode),
];
