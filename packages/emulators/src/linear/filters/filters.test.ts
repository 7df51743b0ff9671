import { beforeEach, describe, expect, test } from "vitest";
import { createStore, type Store } from "../store/store.ts";
import { createWorkspace } from "../workspace.ts";
import type { FilterInput } from "./comparators.ts";
import { createFilters } from "./entities.ts";

let store: Store;

/** Titles that pass, in the order in which they were made. */
const titles = (filter: FilterInput): readonly string[] => {
  const { issue } = createFilters(store);
  return store.issues
    .list()
    .filter((entity) => issue(entity, filter))
    .map(({ title }) => title);
};

beforeEach(() => {
  store = createStore(() => undefined);
  const workspace = createWorkspace(store);
  workspace.addTeam({ key: "ENG" });
  workspace.addTeam({ key: "OPS" });
  workspace.addLabel({ name: "Urgent", teamKey: "OPS" });
  workspace.addIssue({ teamKey: "ENG", title: "Añejo", labels: ["AI-Implement"], priority: 1 });
  workspace.addIssue({
    teamKey: "ENG",
    title: "Bravo",
    labels: ["AI-Implement", "AI-Working"],
    state: "started",
  });
  workspace.addIssue({ teamKey: "OPS", title: "Charlie", labels: ["Urgent"], state: "completed" });
  workspace.addIssue({ teamKey: "OPS", title: "Delta", description: "words", parent: "ENG-1" });
  workspace.block("ENG-1", "ENG-2");
});

describe("Linear's filters", () => {
  test.each<[string, FilterInput, readonly string[]]>([
    ["a label by its name", { labels: { name: { eq: "AI-Implement" } } }, ["Añejo", "Bravo"]],
    ["a label in any case", { labels: { name: { eqIgnoreCase: "ai-implement" } } }, ["Añejo", "Bravo"]],
    ["no label in another case", { labels: { name: { eq: "ai-implement" } } }, []],
    ["some label", { labels: { some: { name: { startsWith: "AI-W" } } } }, ["Bravo"]],
    [
      "every label, and none is every",
      { labels: { every: { name: { eq: "AI-Implement" } } } },
      ["Añejo", "Delta"],
    ],
    ["how many labels", { labels: { length: { gte: 2 } } }, ["Bravo"]],
    ["no labels", { labels: { null: true } }, ["Delta"]],
    ["a label of the workspace", { labels: { team: { null: true } } }, ["Añejo", "Bravo"]],
    ["a label of a team", { labels: { team: { key: { eq: "OPS" } } } }, ["Charlie"]],
    ["what is open", { state: { type: { nin: ["completed", "canceled"] } } }, ["Añejo", "Bravo", "Delta"]],
    ["the team", { team: { key: { in: ["OPS"] } } }, ["Charlie", "Delta"]],
    ["a parent", { parent: { title: { contains: "ejo" } } }, ["Delta"]],
    ["no parent", { parent: { null: true } }, ["Añejo", "Bravo", "Charlie"]],
    ["a child", { children: { some: { title: { eq: "Delta" } } } }, ["Añejo"]],
    ["an identifier", { id: { in: ["ENG-2", "OPS-1"] } }, ["Bravo", "Charlie"]],
    ["numbers", { priority: { lte: 1, neq: 0 } }, ["Añejo"]],
    ["a missing text", { description: { null: false } }, ["Delta"]],
    ["accents", { title: { containsIgnoreCaseAndAccent: "ANEJO" } }, ["Añejo"]],
    ["either", { or: [{ title: { eq: "Bravo" } }, { title: { endsWith: "lie" } }] }, ["Bravo", "Charlie"]],
    ["both", { and: [{ title: { neq: "Bravo" } }, { labels: { null: false } }] }, ["Añejo", "Charlie"]],
    ["relations", { hasBlockedByRelations: { eq: true } }, ["Bravo"]],
    ["dates", { createdAt: { gt: "2020-01-01", lt: "2020-01-02T00:00:00Z" } }, []],
    ["nothing at all", {}, ["Añejo", "Bravo", "Charlie", "Delta"]],
  ])("find %s", (_name, filter, found) => {
    expect(titles(filter)).toEqual(found);
  });

  test("one that is not known is named, not passed over", () => {
    expect(() => titles({ cycle: { null: true } })).toThrow("IssueFilter.cycle");
    expect(() => titles({ title: { sounds: "x" } })).toThrow("StringComparator.sounds");
    expect(() => titles({ createdAt: { gt: "-P2W" } })).toThrow("durations");
  });
});
