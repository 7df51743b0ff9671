import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isCompositeType,
  isLeafType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { defaultPageSize } from "./paging.ts";

export interface Costed {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * What Linear charges for a request, in points: 0.1 for a scalar, 1 for an object, and a connection multiplies all
 * that is below it, its page information included, by the size of its page; the sum is rounded up.
 * The document has to be valid. https://linear.app/developers/rate-limiting
 */
export const complexityOf = (costed: Costed): number => {
  const root = costed.schema.getRootType(costed.operation.operation);
  if (!root) return 0;
  const fragments = new Map(
    costed.document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  return Math.ceil(selectionTenths(costed, fragments, costed.operation.selectionSet, root) / 10);
};

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** In tenths of a point, so that the sum is exact. */
const selectionTenths = (
  costed: Costed,
  fragments: Fragments,
  { selections }: SelectionSetNode,
  parent: GraphQLCompositeType,
): number => {
  const tenths = (selection: SelectionNode): number => {
    if (!isIncluded(selection, costed.variables)) return 0;
    if (selection.kind === Kind.FIELD) return fieldTenths(costed, fragments, selection, parent);
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (fragment === undefined) return 0;
    const condition = fragment.typeCondition?.name.value;
    const type = condition === undefined ? parent : costed.schema.getType(condition);
    return isCompositeType(type) ? selectionTenths(costed, fragments, fragment.selectionSet, type) : 0;
  };
  return selections.reduce((sum, selection) => sum + tenths(selection), 0);
};

const fieldTenths = (
  costed: Costed,
  fragments: Fragments,
  node: FieldNode,
  parent: GraphQLCompositeType,
): number => {
  // `__typename`, `__schema` and `__type` are no fields of the type; what is below the last two costs nothing here.
  const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
  if (field === undefined) return 1;
  const type = getNamedType(field.type);
  if (isLeafType(type) || node.selectionSet === undefined || !isCompositeType(type)) return 1;
  const below = selectionTenths(costed, fragments, node.selectionSet, type);
  if (!type.name.endsWith("Connection")) return 10 + below;
  const { first, last } = getArgumentValues(field, node, costed.variables);
  const size = first ?? last;
  return 10 + below * (typeof size === "number" ? size : defaultPageSize);
};

const isIncluded = (node: SelectionNode, variables: Costed["variables"]): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.["if"] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.["if"] !== false;
