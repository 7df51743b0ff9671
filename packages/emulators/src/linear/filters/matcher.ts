import { notEmulated } from "../errors.ts";
import { type FilterInput, numberTest, type Test } from "./comparators.ts";

/** Whether an entity passes a filter. @throws GraphQLError that names a key which is not emulated */
export type Matcher<E> = (entity: E, filter: FilterInput) => boolean;

type Fields<E> = Readonly<Record<string, Matcher<E>>>;

/** A filter of the schema: its fields by name, and how they combine. */
export const createMatcher = <E>(name: string, fields: Fields<E>): Matcher<E> => {
  const matches: Matcher<E> = (entity, filter) =>
    Object.entries(filter).every(([key, value]) => {
      if (value === null || value === undefined) return true;
      if (key === "and") return parts(value).every((part) => matches(entity, part));
      if (key === "or") return parts(value).some((part) => matches(entity, part));
      const field = fields[key];
      if (field === undefined) throw notEmulated(`the filter ${name}.${key}`);
      return field(entity, value as FilterInput);
    });
  return matches;
};

export const valueField =
  <E, Value>(read: (entity: E) => Value, test: Test<Value>): Matcher<E> =>
  (entity, comparator) =>
    test(read(entity), comparator);

/** Of the entity that another refers to. Where there is none, only `null: true` passes. */
export const entityField =
  <E, Other>(otherOf: (entity: E) => Other | null, matcher: () => Matcher<Other>): Matcher<E> =>
  (entity, { null: absent, ...filter }) => {
    const other = otherOf(entity);
    if (typeof absent === "boolean" && absent !== (other === null)) return false;
    if (Object.keys(filter).length === 0) return true;
    return other === null ? absent === true : matcher()(other, filter);
  };

/** Of the many that belong to an entity: what is said without `every` has to hold for one and the same of them. */
export const collectionField = <E, Member>(
  membersOf: (entity: E) => readonly Member[],
  matcher: () => Matcher<Member>,
): Matcher<E> => {
  const matches: Matcher<E> = (entity, filter) => {
    const { and, or, some, every, length, null: empty, ...rest } = filter;
    const members = membersOf(entity);
    const has = (part: unknown): boolean => members.some((member) => matcher()(member, part as FilterInput));
    return (
      (and == null || parts(and).every((part) => matches(entity, part))) &&
      (or == null || parts(or).some((part) => matches(entity, part))) &&
      (some == null || has(some)) &&
      (every == null || members.every((member) => matcher()(member, every as FilterInput))) &&
      (length == null || numberTest(members.length, length as FilterInput)) &&
      (empty == null || (members.length === 0) === empty) &&
      (Object.keys(rest).length === 0 || has(rest))
    );
  };
  return matches;
};

const parts = (value: unknown): readonly FilterInput[] => value as readonly FilterInput[];
