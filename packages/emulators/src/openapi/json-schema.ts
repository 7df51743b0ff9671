import { isRecord } from "./document.ts";

export interface JsonSchema {
  readonly schema: unknown;
  /** What it refers to, as the document writes it: `#/components/schemas/Issue`. */
  readonly references: ReadonlySet<string>;
}

/**
 * An OpenAPI 3.0 schema as the JSON Schema that means the same: `nullable` without a type and boolean
 * `exclusiveMinimum` exist in OpenAPI 3.0 only, and a JSON Schema compiler refuses them.
 * @param nameOf what references become
 */
export const asJsonSchema = (openApi: unknown, nameOf: (reference: string) => string): JsonSchema => {
  const references = new Set<string>();
  const convert = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(convert);
    if (!isRecord(node)) return node;
    const reference = node["$ref"];
    if (typeof reference === "string" && reference.startsWith("#/")) {
      references.add(reference);
      return { $ref: nameOf(reference) };
    }
    const entries = Object.entries(node).map(([name, value]) => [name, convert(value)] as const);
    return withNull(withBounds(Object.fromEntries(entries)));
  };
  return { schema: convert(openApi), references };
};

type Node = Readonly<Record<string, unknown>>;

/** A list of values that is nullable need not list null: vendors mean it, and answer it. */
const withNull = (node: Node): Node => {
  const { enum: values } = node;
  if (node["nullable"] === true && Array.isArray(values) && !values.includes(null))
    return withNull({ ...node, enum: [...(values as readonly unknown[]), null] });
  if (node["nullable"] !== true || node["type"] !== undefined) return node;
  const { nullable: _, ...rest } = node;
  return { anyOf: [{ type: "null" }, rest] };
};

const withBounds = (node: Node): Node => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = node;
  if (typeof exclusiveMinimum !== "boolean" && typeof exclusiveMaximum !== "boolean") return node;
  return {
    ...rest,
    ...bound("inimum", minimum, exclusiveMinimum),
    ...bound("aximum", maximum, exclusiveMaximum),
  };
};

const bound = (side: "inimum" | "aximum", limit: unknown, exclusive: unknown): Node => {
  if (limit === undefined) return {};
  return { [exclusive === true ? `exclusiveM${side}` : `m${side}`]: limit };
};
