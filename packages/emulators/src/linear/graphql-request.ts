import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { z } from "zod";

/** A request as it stands to the schema. */
export type GraphqlRequest =
  | {
      readonly kind: "valid";
      readonly source: Source;
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
      /** Coerced to the types that the document declares. */
      readonly variables: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "invalid";
      readonly source: Source;
      readonly operation: OperationDefinitionNode | null;
      readonly code: "BAD_REQUEST" | "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED";
      readonly errors: readonly GraphQLError[];
    };

/** What was sent, as far as it can be read. */
export interface Source {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

const noSource: Source = { query: "", variables: {}, operationName: null };

export const readGraphqlRequest = (schema: GraphQLSchema, body: string): GraphqlRequest => {
  const source = readSource(body);
  if (source === null)
    return invalid(noSource, "BAD_REQUEST", [new GraphQLError("The body is no GraphQL request")]);
  const document = parsed(source.query);
  if (document instanceof GraphQLError) return invalid(source, "GRAPHQL_PARSE_FAILED", [document]);
  const operation = getOperationAST(document, source.operationName) ?? null;
  if (operation === null)
    return invalid(source, "BAD_REQUEST", [new GraphQLError("It names no operation of its document")]);
  const errors = validate(schema, document);
  if (errors.length > 0) return invalid(source, "GRAPHQL_VALIDATION_FAILED", errors, operation);
  const { coerced, errors: wrong } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    source.variables,
  );
  if (coerced === undefined) return invalid(source, "GRAPHQL_VALIDATION_FAILED", wrong, operation);
  return { kind: "valid", source, document, operation, variables: coerced };
};

const readSource = (body: string): Source | null => {
  const { data } = bodySchema.safeParse(parseJson(body));
  if (data === undefined) return null;
  return { query: data.query, variables: data.variables ?? {}, operationName: data.operationName ?? null };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Refused by the schema of the body, as everything else that is no request.
    return null;
  }
};

const parsed = (query: string): DocumentNode | GraphQLError => {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
};

const invalid = (
  source: Source,
  code: Extract<GraphqlRequest, { kind: "invalid" }>["code"],
  errors: readonly GraphQLError[],
  operation: OperationDefinitionNode | null = null,
): GraphqlRequest => ({ kind: "invalid", source, operation, code, errors });
