type Schema = Readonly<Record<string, unknown>>;

/** Keywords that a strict schema may not have. */
const notPermitted = [
  "oneOf",
  "allOf",
  "not",
  "if",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
];

/**
 * What the vendor refuses in a strict schema (its guide "Structured model outputs", "Supported schemas"): every object
 * names all of its properties as required and permits no others, and the root is an object. Null: nothing.
 */
export const strictSchemaProblem = (root: Schema): string | null =>
  root["type"] === "object" ? problemIn(root, []) : "schema must be a JSON Schema of 'type: \"object\"'.";

const problemIn = (schema: Schema, path: readonly string[]): string | null => {
  const context = `In context=(${path.map((part) => `'${part}'`).join(", ")}), `;
  const forbidden = notPermitted.find((keyword) => keyword in schema);
  if (forbidden !== undefined) return `${context}'${forbidden}' is not permitted.`;
  if (schema["type"] === "object") {
    const problem = objectProblem(schema);
    if (problem !== null) return `${context}${problem}`;
  }
  return (
    children(schema)
      .map(([name, child]) => problemIn(child, [...path, ...name]))
      .find((problem) => problem !== null) ?? null
  );
};

const objectProblem = (schema: Schema): string | null => {
  if (schema["additionalProperties"] !== false)
    return "'additionalProperties' is required to be supplied and to be false.";
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const missing = Object.keys(asSchema(schema["properties"])).find((name) => !required.includes(name));
  return missing === undefined
    ? null
    : `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
};

const children = (schema: Schema): readonly (readonly [readonly string[], Schema])[] => [
  ...named("properties", schema["properties"]),
  ...named("$defs", schema["$defs"]),
  ...(schema["items"] === undefined ? [] : [[["items"], asSchema(schema["items"])] as const]),
  ...(Array.isArray(schema["anyOf"])
    ? schema["anyOf"].map((choice: unknown, index) => [["anyOf", String(index)], asSchema(choice)] as const)
    : []),
];

const named = (keyword: string, group: unknown): readonly (readonly [readonly string[], Schema])[] =>
  Object.entries(asSchema(group)).map(([name, child]) => [[keyword, name], asSchema(child)] as const);

const asSchema = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
