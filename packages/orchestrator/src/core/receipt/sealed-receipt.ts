import type { Receipt } from "@ai-implement/contracts";
import { canonicalJson } from "./canonical-json.ts";

/** A receipt as it stands on a pull request: two lines, in a block of code of its own. */
export interface SealedReceipt {
  /** What is signed, to the letter. */
  readonly text: string;
  readonly signature: string;
}

/** A line as it opens the block. What others wrote is quoted there, or in a list: none of it can be such a line. */
const opening = "```ai-implement-receipt";
const closing = "```";

/**
 * The receipt in visible ASCII without what Markdown or HTML could take for their own: it is the same on every way that a
 * description takes, nothing in it deceives a reader, and nobody is notified by it.
 */
export const receiptText = (receipt: Receipt): string =>
  canonicalJson(receipt).replace(/[^ -~]|[#&<>@`]/g, escaped);

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

export const sealedBlock = ({ text, signature }: SealedReceipt): string =>
  [opening, text, signature, closing].join("\n");

export type FoundReceipt =
  | { readonly kind: "found"; readonly sealed: SealedReceipt }
  | { readonly kind: "none" }
  | { readonly kind: "several"; readonly count: number }
  /** A block is there, and it is not two lines. */
  | { readonly kind: "garbled" };

/**
 * The receipt in a description, or alone in a file. Line ends may be the code host's; everything else is read as it is
 * written, since what is forgiven here would be a change that nobody sees.
 */
export const findReceipt = (document: string): FoundReceipt => {
  const lines = document.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => (line === opening ? [index] : []));
  const [start, ...others] = starts;
  if (start === undefined) return bareReceipt(lines);
  if (others.length > 0) return { kind: "several", count: starts.length };
  const [text, signature, end] = lines.slice(start + 1);
  return text === undefined || signature === undefined || end !== closing
    ? { kind: "garbled" }
    : { kind: "found", sealed: { text, signature } };
};

/** Its two lines without the fence, as they come out of a clipboard or of the API. */
const bareReceipt = (lines: readonly string[]): FoundReceipt => {
  const [text = "", signature = "", ...rest] = lines;
  return text.startsWith("{") && rest.every((line) => line === "")
    ? { kind: "found", sealed: { text, signature } }
    : { kind: "none" };
};
