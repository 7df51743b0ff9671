import type { Link, Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

/**
 * Linear makes a mention of every link to one of its own pages: the address of a profile notifies that person, the
 * address of an issue ties the two together. https://github.com/linear/linear/issues/351
 *
 * In a text that an agent or a stranger wrote, all of these become code: readable, and nothing else. Code stays as it
 * is, and so does every text without such an address, to the letter.
 */
export const withoutMentions = (markdown: string): string => {
  if (!mayMention(markdown)) return markdown;
  if (isCostly(markdown)) return fenced(markdown);
  const silent = applied(markdown, editsOf(markdown));
  // What was cut out may have held something together that now reads as a link.
  return editsOf(silent).length === 0 ? silent : fenced(markdown);
};

/** The parser's time grows with the square of each of these: within all of them it takes a moment. */
const limits = { text: 40_000, lines: 1_000, markup: 2_000, delimiters: 1_000, containersOnALine: 12 };
const isCostly = (markdown: string): boolean => {
  const count = (pattern: RegExp): number => markdown.match(pattern)?.length ?? 0;
  return (
    markdown.length > limits.text ||
    count(/\n|\r/g) > limits.lines ||
    count(/[<&\\!]|`+/g) > limits.markup ||
    count(/[*_]+|[[\]]/g) > limits.delimiters ||
    tooManyContainers.test(markdown)
  );
};

const tooManyContainers = new RegExp(
  String.raw`^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){${limits.containersOnALine}}`,
  "m",
);

const fenced = (text: string): string => {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text}\n${fence}`;
};

/** An address within Linear, of the web or of its app, or a tag with which Linear itself writes mentions down. */
const linearAddress =
  /(?<![a-z0-9-])linear\.app\.?(?::\d*)?[/?#]|(?<![a-z0-9-])linear:\/\/|<\/?(?:user|issue)\b/;

const isLinear = (text: string): boolean => linearAddress.test(decoded(text));
/** An address may hide behind names of characters (`&period;`), which only the parser knows. */
const mayMention = (markdown: string): boolean =>
  isLinear(markdown) || /&(?!(?:amp|lt|gt|quot|apos|nbsp);)[a-z][a-z0-9]*;/i.test(markdown);

/** As a browser reads an address, which is in many ways. More than that is no harm: it is only for looking. */
const decoded = (text: string): string =>
  text
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) =>
      character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replaceAll("。", ".")
    .replace(/\\(?=[!-/:-@[-`{-~])/g, "")
    .replaceAll("\\", "/")
    .toLowerCase();

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : "");

/** A piece of the source, and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** In the order of the source; none overlaps another. A single one of a node replaces all of it, what is in it too. */
const editsOf = (markdown: string): readonly Edit[] => {
  const edits: Edit[] = [];
  const waiting: Nodes[] = [fromMarkdown(markdown)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const own = editsAt(node, markdown);
    edits.push(...own);
    if ("children" in node && own.length !== 1) waiting.push(...node.children);
  }
  return edits.sort((one, other) => one.start - other.start);
};

const editsAt = (node: Nodes, markdown: string): readonly Edit[] => {
  const { start, end } = placeOf(node);
  switch (node.type) {
    case "text":
      return isLinear(node.value) ? editsInText(markdown, start, end) : [];
    case "html":
      return isLinear(node.value) ? [{ start, end, text: code(node.value) }] : [];
    case "link":
      return isLinear(node.url) ? editsOfLink(node, markdown) : [];
    case "image":
      return isLinear(node.url) ? [{ start, end, text: code(node.url) }] : [];
    case "definition":
      return isLinear(node.url) ? [{ start, end, text: code(`${node.identifier}: ${node.url}`) }] : [];
    default:
      return [];
  }
};

/** The words that hold an address; the whole text where the source only means one. */
const editsInText = (markdown: string, start: number, end: number): readonly Edit[] => {
  const source = markdown.slice(start, end);
  const words = [...source.matchAll(/<?[^\s|<>"'()[\]]+/g)].filter(([word]) => isLinear(word));
  if (words.length === 0) return [{ start, end, text: code(source) }];
  return words.map(({ 0: word, index }) => {
    const [from, to] = [start + index, start + index + word.length];
    return { start: from, end: to, text: apart(code(word), markdown.charAt(from - 1), markdown.charAt(to)) };
  });
};

/** What it says stays, and the address follows it as code; where it says an address, that is all. */
const editsOfLink = (link: Link, markdown: string): readonly Edit[] => {
  const { start, end } = placeOf(link);
  const { url, children } = link;
  const [first, last] = [children.at(0), children.at(-1)];
  if (first === undefined || last === undefined) return [{ start, end, text: code(url) }];
  const [labelStart, labelEnd] = [placeOf(first).start, placeOf(last).end];
  if (isLinear(markdown.slice(labelStart, labelEnd))) return [{ start, end, text: code(url) }];
  return [
    { start, end: labelStart, text: "" },
    { start: labelEnd, end, text: ` (${code(url)})` },
  ];
};

const placeOf = ({ position }: Nodes): { readonly start: number; readonly end: number } => ({
  start: position?.start.offset ?? 0,
  end: position?.end.offset ?? 0,
});

/** A code span of one line, whatever is in it. */
const code = (text: string): string => {
  const content = text.replace(/\s+/g, " ").replaceAll("|", "%7C");
  const ticks = "`".repeat(longestRun(content) + 1);
  const pad = content.startsWith("`") || content.endsWith("`") ? " " : "";
  return `${ticks}${pad}${content}${pad}${ticks}`;
};

/** Backticks that touch others would be counted together. */
const apart = (span: string, before: string, after: string): string =>
  `${before === "`" ? " " : ""}${span}${after === "`" ? " " : ""}`;

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

const applied = (markdown: string, edits: readonly Edit[]): string => {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    pieces.push(markdown.slice(at, start), text);
    at = end;
  }
  return `${pieces.join("")}${markdown.slice(at)}`;
};
