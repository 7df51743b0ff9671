import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Nodes, Root, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

export const root = fileURLToPath(new URL("../../../../../", import.meta.url));

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** A row of a table, by the words of its header. */
export type Row = Readonly<Record<string, string>>;

/** A page of the documentation as its tests read it. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
  /** What stands in `back quotes`. */
  readonly codes: readonly string[];
  readonly links: readonly { readonly url: string; readonly line: number }[];
  /** Of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
  /** Rows of every table whose header has this word. */
  rows(word: string): readonly Row[];
}

/** @param path from the root of the repository */
export const readPage = (path: string): Page => {
  const tree = parse(readFileSync(join(root, path), "utf8"));
  const all = [...nodesOf(tree)];
  const tables = all.flatMap((node) => (node.type === "table" ? [rowsOf(node)] : []));
  return {
    path,
    blocks: all.flatMap((node) =>
      node.type === "code" ? [{ language: node.lang ?? "", text: node.value, line: lineOf(node) }] : [],
    ),
    codes: all.flatMap((node) => (node.type === "inlineCode" ? [node.value] : [])),
    links: all.flatMap((node) => (node.type === "link" ? [{ url: node.url, line: lineOf(node) }] : [])),
    anchors: new Set(all.flatMap((node) => (node.type === "heading" ? [anchorOf(wordsOf(node))] : []))),
    rows: (word) => tables.filter(({ header }) => header.includes(word)).flatMap(({ rows }) => rows),
  };
};

/** Where a link of a page leads: a path from the root of the repository, and what is behind its `#`. */
export const targetOf = (
  page: Page,
  url: string,
): { readonly path: string; readonly anchor: string | null } => {
  const [file = "", anchor] = url.split("#");
  const path = file === "" ? page.path : relative(root, join(root, dirname(page.path), file));
  return { path, anchor: anchor ?? null };
};

const parse = (text: string): Root =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

function* nodesOf(node: Nodes): Iterable<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* nodesOf(child);
}

const lineOf = ({ position }: Nodes): number => position?.start.line ?? 0;

/** Its words, with the back quotes of code: `` `GITHUB_APP_ID` ``. */
const wordsOf = (node: Nodes): string => {
  if (node.type === "inlineCode") return `\`${node.value}\``;
  if ("children" in node) return node.children.map(wordsOf).join("");
  return "value" in node ? node.value : "";
};

const rowsOf = ({
  children,
}: Table): { readonly header: readonly string[]; readonly rows: readonly Row[] } => {
  const [header = [], ...cells] = children.map((row) => row.children.map((cell) => wordsOf(cell).trim()));
  return {
    header,
    rows: cells.map((row) => Object.fromEntries(header.map((word, column) => [word, row[column] ?? ""]))),
  };
};

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
