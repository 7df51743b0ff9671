/** A YAML text as plain values with lines: aliases are followed, tags and comments are gone. */
export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: "map";
  readonly line: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly line: number;
  readonly value: Node;
}

export interface ListNode {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly Node[];
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly line: number;
  /** The value; empty for null. */
  readonly text: string;
  /** As it is written in the file, quotes and indentation included: what a line is counted in. */
  readonly source: string;
}

/** The node at the end of the path, or undefined where the path leaves the tree. */
export const at = (node: Node | undefined, ...path: readonly string[]): Node | undefined =>
  path.reduce<Node | undefined>((found, key) => {
    if (found?.kind !== "map") return undefined;
    return found.entries.find((entry) => entry.key === key)?.value;
  }, node);

export const scalarAt = (node: Node | undefined, ...path: readonly string[]): ScalarNode | undefined => {
  const found = at(node, ...path);
  return found?.kind === "scalar" ? found : undefined;
};

export const textAt = (node: Node | undefined, ...path: readonly string[]): string | undefined =>
  scalarAt(node, ...path)?.text;

export const entriesOf = (node: Node | undefined): readonly Entry[] =>
  node?.kind === "map" ? node.entries : [];

/** GitHub takes one value where a list may stand. */
export const itemsOf = (node: Node | undefined): readonly Node[] => {
  if (node === undefined || node.kind === "map") return [];
  return node.kind === "list" ? node.items : [node];
};

/** Values of the list's scalars, or of the one scalar. */
export const textsOf = (node: Node | undefined): readonly string[] =>
  itemsOf(node).flatMap((item) => (item.kind === "scalar" ? [item.text] : []));

/** Every scalar at and below the node, keys left out. */
export const scalarsBelow = (node: Node | undefined): readonly ScalarNode[] => {
  if (node === undefined) return [];
  switch (node.kind) {
    case "scalar":
      return [node];
    case "list":
      return node.items.flatMap(scalarsBelow);
    case "map":
      return node.entries.flatMap(({ value }) => scalarsBelow(value));
  }
};
