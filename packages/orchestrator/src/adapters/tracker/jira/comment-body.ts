import { createHash } from "node:crypto";
import type { EffectKey } from "../../../core/runs/effects.ts";
import { type AdfDocument, paragraph, textNode } from "./adf/adf-node.ts";
import { markdownToAdf } from "./adf/from-markdown.ts";

/** Jira's limit is 32,767; the rest is for the notice and the reference. In UTF-16 code units of Markdown. */
const maxBody = 30_000;

/** How a comment of ours is known again: the same effect has the same one, in every process. */
export const referenceOf = (key: EffectKey): string =>
  `AI-Implement · ${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;

/** The comment as Jira stores it, with its reference as the last, small line. Pure. */
export const commentBody = (markdown: string, reference: string): AdfDocument => {
  const cut = markdown.length > maxBody;
  const document = markdownToAdf(cut ? markdown.slice(0, maxBody) : markdown);
  return {
    ...document,
    content: [
      ...document.content,
      ...(cut ? [paragraph([textNode("… (cut: Jira takes no longer comment)", [{ type: "em" }])])] : []),
      paragraph([textNode(reference, [{ type: "subsup", attrs: { type: "sub" } }])]),
    ],
  };
};

/** Is it the comment with this reference? Whatever a person has added to it since. */
export const carries = (body: unknown, reference: string): boolean =>
  textsOf(body).some((text) => text.includes(reference));

const maxNodes = 50_000;

/** Of all text nodes. Not recursive: a stranger's comment may nest as deeply as it likes. */
const textsOf = (body: unknown): readonly string[] => {
  const texts: string[] = [];
  const nodes: unknown[] = [body];
  for (let at = 0; at < nodes.length && at < maxNodes; at += 1) {
    const node = nodes[at];
    if (typeof node !== "object" || node === null) continue;
    if ("text" in node && typeof node.text === "string") texts.push(node.text);
    if ("content" in node && Array.isArray(node.content)) nodes.push(...(node.content as unknown[]));
  }
  return texts;
};
