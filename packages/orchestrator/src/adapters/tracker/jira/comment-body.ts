import { createHash } from "node:crypto";
import type { EffectKey } from "../../../core/runs/effects.ts";
import { type AdfDocument, type AdfMark, paragraph, textNode } from "./adf/adf-node.ts";
import { markdownToAdf } from "./adf/from-markdown.ts";

/** Of Markdown, in UTF-16 code units. */
const maxBody = 30_000;
/** Jira's limit is 32,767 characters of text; the rest is for the notice and the reference. */
const maxText = 32_000;
/** Of the document as JSON: Markdown can name one long address a thousand times, ADF writes it out each time. */
const maxDocument = 1_000_000;

/** How a comment of ours is known again: the same effect has the same one, in every process. */
export const referenceOf = (key: EffectKey): string =>
  `AI-Implement · ${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;

/** The comment as Jira stores it, with its reference as the last, small line. Pure. */
export const commentBody = (markdown: string, reference: string): AdfDocument => {
  const { document, cut } = fitting(markdown);
  return {
    ...document,
    content: [
      ...document.content,
      ...(cut ? [paragraph([textNode("… (cut: Jira takes no longer comment)", [{ type: "em" }])])] : []),
      paragraph([textNode(reference, [small])]),
    ],
  };
};

/** No Markdown becomes this mark, so that no text of an agent's can pass for a reference. */
const small: AdfMark = { type: "subsup", attrs: { type: "sub" } };

/** As much of its beginning as Jira takes: a document can say more than the Markdown that it is made from. */
const fitting = (markdown: string): { readonly document: AdfDocument; readonly cut: boolean } => {
  let length = Math.min(markdown.length, maxBody);
  let document = markdownToAdf(markdown.slice(0, length));
  while (!fits(document)) {
    length = Math.floor(length / 2);
    document = markdownToAdf(markdown.slice(0, length));
  }
  return { document, cut: length < markdown.length };
};

const fits = (document: AdfDocument): boolean =>
  textLength(document) <= maxText && JSON.stringify(document).length <= maxDocument;

/** Every block and break counts as a line end. */
const textLength = (document: AdfDocument): number =>
  nodesOf(document).reduce((sum, { type, text }) => sum + (type === "text" ? (text ?? "").length : 1), 0);

/** Is it the comment with this reference? Whatever a person has added to it since. */
export const carries = (body: unknown, reference: string): boolean =>
  nodesOf(body).some(
    ({ text, marks }) => text?.includes(reference) && marks.some(({ type }) => type === small.type),
  );

interface SeenNode {
  readonly type: unknown;
  readonly text: string | undefined;
  readonly marks: readonly { readonly type?: unknown }[];
}

/** More than Jira's limit on text leaves room for. */
const maxNodes = 200_000;

/** All nodes below. Not recursive: a stranger's comment may nest as deeply as it likes. */
const nodesOf = (body: unknown): readonly SeenNode[] => {
  const seen: SeenNode[] = [];
  const waiting: unknown[] = [body];
  for (let at = 0; at < waiting.length; at += 1) {
    const node = waiting[at];
    if (!isRecord(node)) continue;
    const { type, text, marks, content } = node;
    seen.push({
      type,
      text: typeof text === "string" ? text : undefined,
      marks: Array.isArray(marks) ? marks.filter(isRecord) : [],
    });
    if (!Array.isArray(content)) continue;
    for (const child of content.slice(0, maxNodes - waiting.length)) waiting.push(child);
  }
  return seen;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
