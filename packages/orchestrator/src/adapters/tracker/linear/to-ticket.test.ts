import { describe, expect, test } from "vitest";
import { nestedSizes } from "./documents.ts";
import type { Issue, RelationSource } from "./schema.ts";
import { type IncomingRelations, toTicket } from "./to-ticket.ts";
import { workspaceOf } from "./workspace.ts";

const workspace = workspaceOf(
  [
    { id: "mark", name: "ai-implement", isGroup: false, retiredAt: null, parent: null, team: null },
    {
      id: "planned",
      name: "Plan-Complete",
      isGroup: false,
      retiredAt: null,
      parent: null,
      team: { id: "team" },
    },
  ],
  [],
);

const anIssue = (overrides: Partial<Issue> = {}): Issue => ({
  id: "11111111-1111-4111-8111-111111111111",
  identifier: "ACME-1",
  title: "A title",
  description: null,
  url: "https://linear.app/acme/issue/ACME-1",
  priority: 2,
  createdAt: 1,
  updatedAt: 2,
  archivedAt: null,
  trashed: null,
  labelIds: ["mark", "somebody's own", "planned"],
  state: { name: "Todo", type: "unstarted" },
  team: { id: "team", key: "ACME" },
  parent: null,
  inverseRelations: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] },
  relations: { nodes: [] },
  ...overrides,
});

const source = (type: string, identifier: string, stateType: string, trashed = false): RelationSource => ({
  type,
  issue: {
    identifier,
    title: `Title of ${identifier}`,
    trashed,
    state: { name: "Its state", type: stateType },
  },
});

const incoming = (...sources: readonly RelationSource[]): IncomingRelations => ({ sources, unread: false });

describe("§5.2 an issue in the core's words", () => {
  test("its labels count by name, whatever their case and level", () => {
    expect(toTicket(anIssue(), incoming(), workspace)).toMatchObject({
      marked: true,
      ticket: {
        id: "linear:11111111-1111-4111-8111-111111111111",
        scope: "ACME",
        stage: "plan-complete",
        description: "",
        priority: 2,
      },
    });
  });

  test("a priority that is none of Linear's five is none", () => {
    expect(toTicket(anIssue({ priority: 9 }), incoming(), workspace).ticket.priority).toBe(0);
  });

  test("§7.2 only open issues that block it hold it", () => {
    const { ticket } = toTicket(
      anIssue(),
      incoming(
        source("blocks", "ACME-2", "started"),
        source("blocks", "ACME-3", "completed"),
        source("blocks", "ACME-4", "canceled"),
        source("blocks", "ACME-5", "duplicate"),
        source("blocks", "ACME-6", "started", true),
        source("duplicate", "ACME-7", "started"),
      ),
      workspace,
    );
    expect(ticket.blockedBy).toEqual([{ identifier: "ACME-2", state: "Its state" }]);
  });

  test("§7.2 relations that nobody can read to their end hold it too", () => {
    const { ticket } = toTicket(anIssue(), { sources: [], unread: true }, workspace);
    expect(ticket.blockedBy).toHaveLength(1);
  });

  test("parent, siblings and related issues are told, and where there are more, that is said", () => {
    const children = Array.from({ length: nestedSizes.children }, (_, index) => ({
      identifier: `ACME-${index + 1}`,
      title: "A child",
    }));
    const { ticket } = toTicket(
      anIssue({
        parent: {
          identifier: "EPIC-1",
          title: "Parent",
          description: "x".repeat(9_000),
          children: { nodes: children },
        },
        relations: {
          nodes: [
            { type: "related", relatedIssue: { identifier: "SHOP-7", title: "Related" } },
            { type: "blocks", relatedIssue: { identifier: "SHOP-8", title: "Blocked by this one" } },
          ],
        },
      }),
      incoming(source("related", "SHOP-6", "started")),
      workspace,
    );
    expect(ticket.relatives.map(({ identifier, relation }) => [identifier, relation])).toEqual([
      ["EPIC-1", "parent"],
      ...children.slice(1).map(({ identifier }) => [identifier, "sibling"]),
      ["SHOP-7", "related"],
      ["SHOP-6", "related"],
    ]);
    expect(ticket.relatives[0]?.description).toMatch(/… \(cut\)$/);
    const saying = ticket.relatives.filter(({ description }) => description?.includes("more of these"));
    expect(saying.map(({ identifier }) => identifier)).toEqual([children.at(-1)?.identifier]);
  });
});
