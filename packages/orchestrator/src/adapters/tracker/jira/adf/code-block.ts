import { type AdfNode, cleanText } from "./adf-node.ts";

/** A name as highlighters know them; null for none, and for what is no name. */
export const codeLanguage = (name: string | null | undefined): string | null =>
  name !== null && name !== undefined && /^[\w+#.-]{1,40}$/.test(name) ? name : null;

export const codeText = (content: readonly AdfNode[]): string =>
  cleanText(content.map(({ type, text = "" }) => (type === "hardBreak" ? "\n" : text)).join(""));
