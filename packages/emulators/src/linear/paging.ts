import { invalidInput } from "./errors.ts";

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly orderBy?: "createdAt" | "updatedAt" | null;
  readonly includeArchived?: boolean | null;
}

export interface Pageable {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly sequence: number;
  readonly archivedAt?: number | null;
}

export interface Page<E> {
  readonly nodes: readonly E[];
  readonly edges: readonly { readonly node: E; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export const defaultPageSize = 50;
const maxPageSize = 250;

/** Where an entity stands among the others; its cursor says nothing else, so that it outlives the entity. */
type Place = readonly [time: number, sequence: number];

/**
 * Relay paging, newest first. A page begins where the cursor stands and not where its entity is now: what leaves or
 * enters the list between two pages moves nothing else.
 * @throws GraphQLError for a size outside 1 … 250, both sizes at once, or a cursor that was not given out
 */
export const pageOf = <E extends Pageable>(entities: readonly E[], page: PageArguments): Page<E> => {
  const size = pageSize(page);
  const orderBy = page.orderBy ?? "createdAt";
  const placeOf = (entity: E): Place => [entity[orderBy], entity.sequence];
  const listed = entities
    .filter(({ archivedAt = null }) => archivedAt === null || page.includeArchived === true)
    .sort((one, other) => compare(placeOf(one), placeOf(other)));
  const after = page.after ? readCursor(page.after) : null;
  const before = page.before ? readCursor(page.before) : null;
  const inside = listed.filter(
    (entity) =>
      (after === null || compare(placeOf(entity), after) > 0) &&
      (before === null || compare(placeOf(entity), before) < 0),
  );
  const nodes = typeof page.last === "number" ? inside.slice(-size) : inside.slice(0, size);
  const edges = nodes.map((node) => ({ node, cursor: writeCursor(placeOf(node)) }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: nodes.length > 0 && nodes.at(-1) !== listed.at(-1),
      hasPreviousPage: nodes.length > 0 && nodes.at(0) !== listed.at(0),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

const pageSize = ({ first, last }: PageArguments): number => {
  if (typeof first === "number" && typeof last === "number")
    throw invalidInput("Passing both `first` and `last` is not supported");
  const size = first ?? last ?? defaultPageSize;
  if (size < 1 || size > maxPageSize)
    throw invalidInput(`A page has 1 to ${maxPageSize} entities, not ${size}`);
  return size;
};

/** Newest first. */
const compare = (one: Place, other: Place): number => other[0] - one[0] || other[1] - one[1];

const writeCursor = ([time, sequence]: Place): string =>
  Buffer.from(`${time}:${sequence}`).toString("base64url");

const readCursor = (cursor: string): Place => {
  const [, time, sequence] = /^(\d+):(\d+)$/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (time === undefined || sequence === undefined) throw invalidInput("The cursor is not valid");
  return [Number(time), Number(sequence)];
};
