import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node as YamlNode,
} from "yaml";
import type { Entry, Node } from "./tree.ts";

/** More than any workflow has; aliases of aliases reach it in a few lines. */
const maxNodes = 50_000;
const maxDepth = 60;

export type ReadTree =
  | { readonly kind: "tree"; readonly root: Node }
  | { readonly kind: "unreadable"; readonly line: number; readonly why: string };

/** Never throws. What is no YAML, or is too large or too deep to look at, is unreadable. */
export const readTree = (source: string): ReadTree => {
  try {
    return read(source);
  } catch (error) {
    // The parser gives up on some texts by throwing, by running out of stack on deep nesting for one.
    return { kind: "unreadable", line: 1, why: error instanceof Error ? error.message : "not YAML" };
  }
};

const read = (source: string): ReadTree => {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined)
    return { kind: "unreadable", line: lines.linePos(error.pos[0]).line || 1, why: firstLine(error.message) };
  return { kind: "tree", root: convert(document, source, lines) };
};

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

const convert = (document: Document, source: string, lines: LineCounter): Node => {
  let nodes = 0;
  const lineOf = (node: unknown, otherwise: number): number => {
    const start = (node as YamlNode | null)?.range?.[0];
    return start === undefined ? otherwise : Math.max(1, lines.linePos(start).line);
  };
  const visit = (node: unknown, near: number, depth: number): Node => {
    nodes += 1;
    if (nodes > maxNodes || depth > maxDepth) throw new Error("it is too large or nested too deeply");
    const line = lineOf(node, near);
    if (isAlias(node)) return visit(node.resolve(document), line, depth + 1);
    if (isMap(node)) {
      const entries = node.items.map((pair): Entry => {
        const keyLine = lineOf(pair.key, line);
        return { key: keyOf(pair.key), line: keyLine, value: visit(pair.value, keyLine, depth + 1) };
      });
      return { kind: "map", line, entries };
    }
    if (isSeq(node))
      return { kind: "list", line, items: node.items.map((item) => visit(item, line, depth + 1)) };
    if (!isScalar(node)) return { kind: "scalar", line, text: "", source: "" };
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    return { kind: "scalar", line, text, source: node.range ? source.slice(...sliceOf(node.range)) : text };
  };
  return visit(document.contents, 1, 0);
};

const sliceOf = (range: readonly number[]): [number, number] => [range[0] ?? 0, range[1] ?? 0];

/** `on` and `yes` are words in YAML 1.2; other keys than scalars say nothing in a workflow. */
const keyOf = (key: unknown): string => {
  if (!isScalar(key)) return "";
  return typeof key.value === "string" ? key.value : (key.source ?? "");
};
