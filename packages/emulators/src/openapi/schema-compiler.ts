import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { type Pointer, pointerOf, valueAt } from "./document.ts";
import { asJsonSchema } from "./json-schema.ts";

export interface CompileOptions {
  /** Reads `true` and `50` as what the schema wants them to be: everything in a URL is text. */
  readonly coerceTypes: boolean;
}

/**
 * Compiles the schema at a place of the document, with what it refers to and nothing else: a large document costs
 * nothing for what is never asked.
 */
export const createSchemaCompiler = (
  document: unknown,
  { coerceTypes }: CompileOptions,
): ((pointer: Pointer) => ValidateFunction) => {
  // A format that the compiler does not know is an annotation; it would be written to the console for each.
  const ajv = new Ajv({ strict: false, allErrors: true, ownProperties: true, logger: false, coerceTypes });
  addFormats.default(ajv);
  const compiled = new Map<string, ValidateFunction>();

  const add = (reference: string): void => {
    const name = nameOf(reference);
    if (ajv.schemas[name] !== undefined) return;
    const { schema, references } = asJsonSchema(valueAt(document, pointerOf(reference)), nameOf);
    if (schema === undefined) throw new TypeError(`The document has nothing at ${reference}`);
    ajv.addSchema({ allOf: [schema] }, name, undefined, false);
    references.forEach(add);
  };
  return (pointer) => {
    const key = pointer.join("\n");
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const { schema, references } = asJsonSchema(valueAt(document, pointer), nameOf);
    references.forEach(add);
    // Coercion writes into what holds the value, so the value lies in an object.
    const made = ajv.compile({ type: "object", properties: { value: schema } });
    compiled.set(key, made);
    return made;
  };
};

const nameOf = (reference: string): string => `https://openapi${reference.slice(1)}`;
