import { z } from "zod";

/** A reference to a reference to a reference … is a mistake of the document. */
const maxReferences = 8;
const methods = ["get", "put", "post", "delete", "patch", "head", "options"] as const;

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean().optional(),
  explode: z.boolean().optional(),
  schema: z.unknown(),
});
const contentSchema = z.record(z.string(), z.looseObject({ schema: z.unknown().optional() }));
const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  parameters: z.array(z.unknown()).optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).optional(),
});
const bodySchema = z.looseObject({ required: z.boolean().optional(), content: contentSchema.optional() });
const pathItemSchema = z.looseObject({ parameters: z.array(z.unknown()).optional() });
const documentSchema = z.looseObject({ paths: z.record(z.string(), pathItemSchema) });
const referenceSchema = z.object({ $ref: z.string().startsWith("#/") });

export type OpenApiParameter = Pick<
  z.infer<typeof parameterSchema>,
  "name" | "in" | "required" | "explode" | "schema"
> & {
  /** Where its schema lies in the document. */
  readonly pointer: Pointer;
};

/** Steps from the document's root. */
export type Pointer = readonly string[];

export interface OpenApiOperation {
  /** The document's own name of it, or `get /path` where it has none. */
  readonly id: string;
  readonly method: string;
  /** `/issue/{issueIdOrKey}`. */
  readonly template: string;
  readonly parameters: readonly OpenApiParameter[];
  readonly body: { readonly required: boolean; readonly json: Pointer | null } | null;
  /** By status (`200`, `4XX`, `default`): the schema of the JSON answer; null where it has none. */
  readonly responses: ReadonlyMap<string, Pointer | null>;
}

/** What can be asked of a path: read from the document when it is. */
export interface OpenApiPath {
  readonly template: string;
  /** Null: the path has no such method. @throws ZodError where the operation is not described as OpenAPI does */
  operation(method: string): OpenApiOperation | null;
}

/** @throws ZodError where it is no OpenAPI 3 document */
export const readPaths = (document: unknown): readonly OpenApiPath[] => {
  const { paths } = documentSchema.parse(document);
  return Object.entries(paths).map(([template, item]) => {
    const read = new Map<string, OpenApiOperation>();
    return {
      template,
      operation(method) {
        const name = methods.find((one) => one === method.toLowerCase());
        if (name === undefined || item[name] === undefined) return null;
        const raw = operationSchema.parse(item[name]);
        const operation = read.get(name) ?? readOperation(document, template, name, raw, item.parameters);
        read.set(name, operation);
        return operation;
      },
    };
  });
};

type RawOperation = z.infer<typeof operationSchema>;

const readOperation = (
  document: unknown,
  template: string,
  method: string,
  raw: RawOperation,
  shared: readonly unknown[] = [],
): OpenApiOperation => {
  const at: Pointer = ["paths", template, method];
  const body = resolve(document, raw.requestBody, [...at, "requestBody"]);
  const parsedBody = bodySchema.safeParse(body.value);
  const own = readParameters(document, raw.parameters ?? [], [...at, "parameters"]);
  const inherited = readParameters(document, shared, ["paths", template, "parameters"]);
  const overridden = new Set(own.map(({ in: place, name }) => `${place} ${name}`));
  const responses = Object.entries(raw.responses ?? {}).map(([status, response]) => {
    const { value, pointer } = resolve(document, response, [...at, "responses", status]);
    const content = bodySchema.safeParse(value).data?.content;
    return [status, jsonSchema(content, pointer)] as const;
  });
  return {
    id: raw.operationId ?? `${method} ${template}`,
    method: method.toUpperCase(),
    template,
    parameters: [...own, ...inherited.filter(({ in: place, name }) => !overridden.has(`${place} ${name}`))],
    body: parsedBody.success
      ? {
          required: parsedBody.data.required ?? false,
          json: jsonSchema(parsedBody.data.content, body.pointer),
        }
      : null,
    responses: new Map(responses),
  };
};

const readParameters = (
  document: unknown,
  parameters: readonly unknown[],
  at: Pointer,
): readonly OpenApiParameter[] =>
  parameters.map((parameter, index) => {
    const { value, pointer } = resolve(document, parameter, [...at, String(index)]);
    return { ...parameterSchema.parse(value), pointer: [...pointer, "schema"] };
  });

const jsonSchema = (content: z.infer<typeof contentSchema> | undefined, at: Pointer): Pointer | null => {
  const type = Object.keys(content ?? {}).find((name) => /^application\/(?:[\w.-]+\+)?json\b/.test(name));
  if (type === undefined || content?.[type]?.schema === undefined) return null;
  return [...at, "content", type, "schema"];
};

/** Parameters, bodies and responses may be references into `components`; they are followed to what they name. */
const resolve = (
  document: unknown,
  value: unknown,
  pointer: Pointer,
  depth = 0,
): { readonly value: unknown; readonly pointer: Pointer } => {
  const reference = referenceSchema.safeParse(value);
  if (!reference.success || depth > maxReferences) return { value, pointer };
  const target = pointerOf(reference.data.$ref);
  return resolve(document, valueAt(document, target), target, depth + 1);
};

/** `#/components/schemas/Issue` as steps. */
export const pointerOf = (reference: string): Pointer =>
  reference
    .slice("#/".length)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));

export const valueAt = (document: unknown, pointer: Pointer): unknown =>
  pointer.reduce<unknown>((node, step) => {
    if (Array.isArray(node)) return node[Number(step)] as unknown;
    return isRecord(node) ? node[step] : undefined;
  }, document);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
