/** A Markdown text with its YAML front matter apart. */
export type FrontMatter =
  /** An ordinary Markdown file: not a ticket, and not a mistake. */
  | { readonly kind: "none" }
  | { readonly kind: "unclosed" }
  | { readonly kind: "found"; readonly yaml: string; readonly body: string };

const fence = /^---[ \t]*\r?\n/;
const closingFence = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m;

/** Line 1 of the file is the opening fence, so line 1 of `yaml` is line 2 of the file. */
export const splitFrontMatter = (text: string): FrontMatter => {
  const opening = fence.exec(text);
  if (opening === null) return { kind: "none" };
  const rest = text.slice(opening[0].length);
  const closing = closingFence.exec(rest);
  if (closing === null) return { kind: "unclosed" };
  return {
    kind: "found",
    yaml: rest.slice(0, closing.index),
    body: rest.slice(closing.index + closing[0].length).trim(),
  };
};
