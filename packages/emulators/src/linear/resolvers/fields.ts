import type { GraphQLFieldResolver } from "graphql";
import { notEmulated } from "../errors.ts";
import type { FilterInput } from "../filters/comparators.ts";
import type { Filters } from "../filters/entities.ts";
import type { Matcher } from "../filters/matcher.ts";
import { type Page, type PageArguments, type Pageable, pageOf } from "../paging.ts";
import type { Store } from "../store/store.ts";

/** What every field is resolved from. */
export interface World {
  readonly store: Store;
  readonly filters: Filters;
  /** Of the key that asks. */
  readonly mayWrite: boolean;
}

export type ListArguments = PageArguments & { readonly filter?: FilterInput | null };

export type Fields<Source> = Readonly<
  Record<string, (source: Source, args: ListArguments, world: World) => unknown>
>;

/** Fields of one type, whatever they are resolved from and with. */
export type FieldTable = Readonly<Record<string, (source: never, args: never, world: World) => unknown>>;

/**
 * Resolves from the tables by type; types without a table (payloads, pages) from what their parent made.
 * A field that neither knows is an error that names it, never a silent null.
 */
export const createFieldResolver =
  (tables: Readonly<Record<string, FieldTable>>): GraphQLFieldResolver<unknown, World> =>
  (source, args, world, { parentType, fieldName }) => {
    const table = tables[parentType.name];
    const field = table?.[fieldName];
    // The schema vouches for it: a table's source is what its type's fields return, its arguments are coerced.
    if (field !== undefined) return field(source as never, args as never, world);
    if (table === undefined && typeof source === "object" && source !== null && fieldName in source)
      return (source as Readonly<Record<string, unknown>>)[fieldName];
    throw notEmulated(`the field ${parentType.name}.${fieldName}`);
  };

/** A connection over those that pass the filter. */
export const connection = <E extends Pageable>(
  entities: readonly E[],
  args: ListArguments,
  matches: Matcher<E>,
): Page<E> => {
  const { filter } = args;
  return pageOf(filter ? entities.filter((entity) => matches(entity, filter)) : entities, args);
};

/** Fields that are always the same. */
export const constants = (values: Readonly<Record<string, unknown>>): Fields<unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, () => value]));

/** Fields for things that this workspace has none of. */
export const absent = (...names: readonly string[]): Fields<unknown> =>
  Object.fromEntries(names.map((name) => [name, () => null]));

/** Connections to things that this workspace has none of. */
export const emptyConnections = (...names: readonly string[]): Fields<unknown> =>
  Object.fromEntries(names.map((name) => [name, (_source, args) => pageOf([], args)]));

export const isoTime = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

interface Timed {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What every entity has. */
export const entityFields: Fields<Timed> = {
  id: ({ id }) => id,
  createdAt: ({ createdAt }) => isoTime(createdAt),
  updatedAt: ({ updatedAt }) => isoTime(updatedAt),
  archivedAt: () => null,
};
