/**
 * Atlassian Document Format: how Jira Cloud's REST API v3 writes descriptions and comments.
 * https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export interface AdfMark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

export interface AdfNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly AdfNode[];
  readonly text?: string;
  readonly marks?: readonly AdfMark[];
}

export interface AdfDocument {
  readonly version: 1;
  readonly type: "doc";
  readonly content: readonly AdfNode[];
}

export const textNode = (text: string, marks: readonly AdfMark[] = []): AdfNode =>
  marks.length === 0 ? { type: "text", text } : { type: "text", text, marks };

export const paragraph = (content: readonly AdfNode[]): AdfNode => ({ type: "paragraph", content });

export const hardBreak: AdfNode = { type: "hardBreak" };

export const linkMark = (href: string): AdfMark => ({ type: "link", attrs: { href } });

/** Text without what no reader sees and Jira refuses: control characters but tab and line end, half characters. */
export const cleanText = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(/(?![\n\t])\p{Cc}|\p{Cs}/gu, "");

/** A string or number among the attributes, as text; "" where there is none. */
export const attribute = ({ attrs }: AdfNode | AdfMark, name: string): string => {
  const value = attrs?.[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? cleanText(value.slice(0, longestAttribute)) : "";
};

/** Names, titles and addresses; longer ones are somebody's mischief. */
const longestAttribute = 4_000;
