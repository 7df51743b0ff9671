import { buildSchema, getOperationAST, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { complexityOf } from "./complexity.ts";

/** In the manner of Linear's, small enough to add up by hand. */
const schema = buildSchema(`
  type Query { viewer: User! issues(first: Int, last: Int): IssueConnection! }
  type Mutation { rename(id: ID!): Payload! }
  type Payload { success: Boolean! issue: Issue }
  type User { id: ID! name: String! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Issue { id: ID! title: String! labelIds: [ID!]! creator: User children(first: Int): IssueConnection! }
  type IssueConnection { nodes: [Issue!]! pageInfo: PageInfo! }
`);

const cost = (source: string, variables: Readonly<Record<string, unknown>> = {}): number => {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation === null || operation === undefined) throw new Error("no operation");
  return complexityOf({ schema, document, operation, variables });
};

describe("Complexity points: scalars 0.1, objects 1, connections × first (§7.2)", () => {
  test.each([
    ["an object and its scalars, rounded up: 1 + 2 × 0.1", "{ viewer { id name } }", 2],
    ["a whole sum is not rounded: 1 + 10 × 0.1", `{ viewer { ${"id ".repeat(10)} } }`, 2],
    [
      "a connection multiplies by first: 1 + 10 × (1 + 0.2)",
      "{ issues(first: 10) { nodes { id title } } }",
      13,
    ],
    ["by last as well: 1 + 20 × 1.1", "{ issues(last: 20) { nodes { id } } }", 23],
    ["by 50 where it says nothing: 1 + 50 × 1.1", "{ issues { nodes { id } } }", 56],
    [
      "page information is below its connection: 1 + 10 × (1.1 + 1.2)",
      "{ issues(first: 10) { nodes { id } pageInfo { hasNextPage endCursor } } }",
      24,
    ],
    [
      "connections inside connections multiply: 1 + 10 × (1 + 1 + 5 × 1.1)",
      "{ issues(first: 10) { nodes { children(first: 5) { nodes { id } } } } }",
      76,
    ],
    ["a list of scalars is a scalar: 1 + 10 × 1.1", "{ issues(first: 10) { nodes { labelIds } } }", 12],
    [
      "fragments cost what they hold: 1 + 10 × (1 + 0.1 + 1.1)",
      "{ issues(first: 10) { nodes { ...F ... on Issue { creator { id } } } } } fragment F on Issue { id }",
      23,
    ],
    [
      "aliases in one mutation add up: 3 × 1.1",
      "mutation { a: rename(id: 1) { success } b: rename(id: 2) { success } c: rename(id: 3) { success } }",
      4,
    ],
  ])("%s", (_name, document, points) => {
    expect(cost(document)).toBe(points);
  });

  test("the page size may be a variable, and what is not included costs nothing", () => {
    const document = `query Q($first: Int!, $more: Boolean!) {
      issues(first: $first) @include(if: $more) { nodes { id } }
      viewer { id name @skip(if: $more) }
    }`;
    expect(cost(document, { first: 100, more: true })).toBe(113); // 1 + 100 × 1.1 + 1.1, rounded up
    expect(cost(document, { first: 100, more: false })).toBe(2); // 1 + 0.2, rounded up
  });
});
