import type { ValidateFunction } from "ajv";
import {
  isRecord,
  type OpenApiOperation,
  type OpenApiParameter,
  pointerOf,
  readPaths,
  valueAt,
} from "./document.ts";
import { matchPath } from "./path.ts";
import { createSchemaCompiler } from "./schema-compiler.ts";

export interface OpenApiRequest {
  readonly method: string;
  /** Below the server's URL, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

export type RequestVerdict =
  | {
      readonly kind: "valid";
      readonly operation: OpenApiOperation;
      /** Decoded values of the template's placeholders. */
      readonly pathParameters: Readonly<Record<string, string>>;
    }
  /** The document has no such path, or no such method on it. */
  | { readonly kind: "unknown"; readonly violation: string }
  /** At least one violation; each names the place: `body/fields must be array`. */
  | {
      readonly kind: "invalid";
      readonly operation: OpenApiOperation;
      readonly violations: readonly string[];
    };

export interface OpenApiValidator {
  /** Parameters in headers and cookies are not checked. An unknown query parameter is a violation. */
  checkRequest(request: OpenApiRequest): RequestVerdict;
  /** What the operation's response schema does not allow; empty where it has none for the status. */
  checkResponse(operation: OpenApiOperation, status: number, body: unknown): readonly string[];
}

/**
 * Holds requests and answers against a vendor's own OpenAPI 3.0 document.
 * @throws ZodError where it is no OpenAPI document
 */
export const createOpenApiValidator = (document: unknown): OpenApiValidator => {
  const paths = readPaths(document);
  const strict = createSchemaCompiler(document, { coerceTypes: false });
  const coercing = createSchemaCompiler(document, { coerceTypes: true });

  const checkParameter = (parameter: OpenApiParameter, values: readonly string[]): readonly string[] => {
    const { name, in: place, required, pointer } = parameter;
    if (values.length === 0) return required === true ? [`${place} parameter ${name} is required`] : [];
    const isList = isArraySchema(document, valueAt(document, pointer));
    if (!isList && values.length > 1) return [`${place} parameter ${name} is given ${values.length} times`];
    const value = isList ? separate(parameter, values) : values[0];
    return problemsOf(coercing(pointer), value, `${place} parameter ${name}`);
  };

  const checkBody = ({ body: expected }: OpenApiOperation, body: unknown): readonly string[] => {
    if (body === undefined) return expected?.required === true ? ["a body is required"] : [];
    if (expected === null) return ["there is a body, and the operation takes none"];
    return expected.json === null ? [] : problemsOf(strict(expected.json), body, "body");
  };

  return {
    checkRequest({ method, path, query, body }) {
      // Two templates may differ in the name of a placeholder only, each with methods of its own.
      const matches = matchPath(paths, path);
      const found = matches.flatMap(({ path: described, pathParameters }) => {
        const operation = described.operation(method);
        return operation === null ? [] : [{ operation, pathParameters }];
      });
      const [match] = found;
      if (match === undefined) {
        const why = matches.length === 0 ? "there is no such path" : "the path has no such method";
        return { kind: "unknown", violation: `${method} ${path}: ${why}` };
      }
      const { operation, pathParameters } = match;
      const known = operation.parameters.filter((parameter) => parameter.in === "query");
      const unknown = [...new Set(query.keys())].filter((name) => !known.some((one) => one.name === name));
      const violations = [
        ...unknown.map((name) => `query parameter ${name} is unknown`),
        ...known.flatMap((parameter) => checkParameter(parameter, query.getAll(parameter.name))),
        ...operation.parameters
          .filter((parameter) => parameter.in === "path")
          .flatMap((parameter) => checkParameter(parameter, [pathParameters[parameter.name] ?? ""])),
        ...checkBody(operation, body),
      ];
      return violations.length === 0
        ? { kind: "valid", operation, pathParameters }
        : { kind: "invalid", operation, violations };
    },
    checkResponse({ responses }, status, body) {
      const range = `${String(status)[0]}XX`;
      const pointer =
        responses.get(String(status)) ?? responses.get(range) ?? responses.get("default") ?? null;
      return pointer === null ? [] : problemsOf(strict(pointer), body, `response ${status}`);
    },
  };
};

const isArraySchema = (document: unknown, schema: unknown): boolean => {
  if (!isRecord(schema)) return false;
  const reference = schema["$ref"];
  return typeof reference === "string"
    ? isArraySchema(document, valueAt(document, pointerOf(reference)))
    : schema["type"] === "array";
};

/** A list is repeated by default; `explode: false` separates by commas. */
const separate = ({ explode }: OpenApiParameter, values: readonly string[]): readonly string[] =>
  explode === false ? values.flatMap((value) => value.split(",")) : values;

const maxProblems = 5;

const problemsOf = (validate: ValidateFunction, value: unknown, place: string): readonly string[] => {
  if (validate({ value })) return [];
  return (validate.errors ?? []).slice(0, maxProblems).map(({ instancePath, message, params }) => {
    const detail = Object.values(params as Record<string, unknown>).join(", ");
    return `${place}${instancePath.slice("/value".length)} ${message ?? "is not allowed"} (${detail})`;
  });
};
