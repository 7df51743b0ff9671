import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/**
 * What the parser is given: its time grows with the square of each of these, and beyond them text reads as text.
 * Jira itself refuses more than 32,767 characters.
 */
const limits = {
  text: 40_000,
  containersOnALine: 20,
  underlines: 400,
  emphasisInABlock: 400,
  bracketsInABlock: 1_000,
};

/** The parser's own names for what costs it so much. */
const costly = ["attention", "strikethrough", "labelEnd", "gfmFootnoteCall", "gfmPotentialFootnoteCall"];

/** GitHub-flavoured Markdown as a tree; null for a text too long to be parsed in a moment. */
export const parseMarkdown = (markdown: string): Root | null => {
  if (markdown.length > limits.text) return null;
  const tame = withFewContainers(markdown);
  const plain = (tame.match(underline)?.length ?? 0) > limits.underlines ? ["setextUnderline"] : [];
  if (!isCrowded(tame)) return parse(tame, plain);
  const tree = parse(tame, [...plain, ...costly]);
  return hasCrowdedBlock(tree) ? tree : parse(tame, plain);
};

const parse = (markdown: string, disabled: string[]): Root =>
  fromMarkdown(markdown, {
    extensions: [gfm(), { disable: { null: disabled } }],
    // Its transforms look for addresses that the parser has found before, and can take minutes over a line of dots.
    mdastExtensions: gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension),
  });

const container = String.raw`(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))`;
const tooManyContainers = new RegExp(
  String.raw`^((?:[ \t]*${container}){${limits.containersOnALine}}[ \t]*)(?=${container})`,
  "gm",
);
const thematicBreak = /^[ \t]*(?:(?:-[ \t]*)+|(?:\*[ \t]*)+)$/;

/** The first marker too many becomes text, and with it all that follow. */
const withFewContainers = (markdown: string): string =>
  markdown.replace(tooManyContainers, (markers: string, _: string, offset: number) => {
    const end = markdown.indexOf("\n", offset);
    const line = markdown.slice(offset, end === -1 ? undefined : end);
    if (thematicBreak.test(line)) return markers;
    return `${markers}\\`;
  });

/** Makes a heading of the line above it. */
const underline = /^[ \t>]*(?:=+|-+)[ \t]*$/gm;

const isCrowded = (...texts: readonly string[]): boolean => {
  const count = (pattern: RegExp): number =>
    texts.reduce((sum, text) => sum + (text.match(pattern)?.length ?? 0), 0);
  return count(/[*_~]+/g) > limits.emphasisInABlock || count(/\]/g) > limits.bracketsInABlock;
};

/** Reads the tree without recursion. */
const hasCrowdedBlock = (tree: Root): boolean => {
  const waiting: Nodes[] = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!("children" in node)) continue;
    if (isCrowded(...node.children.flatMap((child) => (child.type === "text" ? [child.value] : []))))
      return true;
    waiting.push(...node.children);
  }
  return false;
};
