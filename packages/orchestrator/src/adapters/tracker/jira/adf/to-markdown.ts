import { gfmToMarkdown } from "mdast-util-gfm";
import { type Options, toMarkdown } from "mdast-util-to-markdown";
import { type AdfNode, paragraph, textNode } from "./adf-node.ts";
import { toFlow } from "./flow-to-mdast.ts";
import { type ReadAdf, readAdf, readForeign } from "./read-adf.ts";

/**
 * An Atlassian document as GitHub-flavoured Markdown, without a line end at the end. Null and an empty document are "";
 * what is no ADF keeps the text that is in it. A document far above Jira's own limit is cut, and says so. Never throws.
 */
export const adfToMarkdown = (document: unknown): string =>
  typeof document === "string"
    ? written(readAdf(document.split(/\n\s*\n/).map((text) => paragraph([textNode(text)]))))
    : written(readAdf(document)) || written(readForeign(document));

const written = ({ content, cut }: ReadAdf): string => {
  const nodes: readonly AdfNode[] = cut ? [...content, leftOut] : content;
  return toMarkdown({ type: "root", children: toFlow(nodes) }, options).trimEnd();
};

const leftOut = paragraph([textNode("… (the text goes on; it is too long to be read here)")]);

const options: Options = {
  bullet: "-",
  rule: "-",
  emphasis: "_",
  listItemIndent: "one",
  extensions: [gfmToMarkdown({ tablePipeAlign: false })],
  handlers: {
    // There are no definitions in what we write, so brackets around a plain text can stay as they are.
    text: (node: { readonly value: string }, _, state, info) =>
      state.safe(node.value, info).replace(/\\\[(attachment: [^[\]()]*)](?![[(:])/g, "[$1]"),
  },
};
