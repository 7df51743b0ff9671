import { afterEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { createSite } from "./site.ts";
import { createJiraStore } from "./store.ts";
import { type OpenJira, openJira } from "./testing/open-jira.ts";

const schemaFile = vendorSchema("jira.openapi.json");

describe("the search index", () => {
  /** A site whose time is told. */
  const open = () => {
    let now = 1_000_000;
    const store = createJiraStore({ now: () => now, searchLagMs: 1_000, changed: () => undefined });
    const site = createSite(store);
    site.addProject({ key: "ACME" });
    const pass = (ms: number): void => {
      now += ms;
    };
    const indexed = (...reconciled: readonly string[]) =>
      store
        .indexed(new Set(reconciled))
        .all()
        .map(({ summary }) => summary);
    return { site, store, pass, indexed };
  };

  test("learns of a write after the lag, and of a reconciled issue at once", () => {
    const { site, store, pass, indexed } = open();
    const { id } = site.addIssue({ projectKey: "ACME", summary: "One" });
    expect(indexed()).toEqual([]);
    expect(indexed(id)).toEqual(["One"]);
    pass(1_000);
    expect(indexed()).toEqual(["One"]);
    site.edit(id, { summary: "Two" });
    pass(999);
    expect(indexed()).toEqual(["One"]);
    expect(indexed(id)).toEqual(["Two"]);
    expect(store.issue(id)?.summary).toBe("Two");
    pass(1);
    expect(indexed()).toEqual(["Two"]);
  });

  test("goes through every state in order, however fast they follow each other", () => {
    const { site, pass, indexed } = open();
    const { id } = site.addIssue({ projectKey: "ACME", summary: "0" });
    for (const summary of ["1", "2", "3"]) {
      pass(400);
      site.edit(id, { summary });
    }
    const seen = Array.from({ length: 4 }, () => {
      const before = indexed();
      pass(400);
      return before[0];
    });
    expect(seen).toEqual(["0", "1", "2", "3"]);
  });

  test("keeps a deleted issue for the lag", () => {
    const { site, pass, indexed } = open();
    const { id } = site.addIssue({ projectKey: "ACME", summary: "One" });
    pass(2_000);
    site.deleteIssue(id);
    expect(indexed()).toEqual(["One"]);
    expect(indexed(id)).toEqual([]);
    pass(1_000);
    expect(indexed()).toEqual([]);
  });
});

describe.skipIf(schemaFile === null)("a search on a lagging index", () => {
  let jira: OpenJira;
  afterEach(() => jira.close());

  test("misses a write, unless the issue is reconciled; reading by id never misses it", async () => {
    jira = await openJira(schemaFile ?? "", { searchLagMs: 600_000 });
    const { id } = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" });
    const search = (more: object) =>
      jira.call("POST", "/search/jql", { jql: "project = ACME", fields: ["summary"], ...more });
    expect((await search({})).body).toMatchObject({ issues: [] });
    expect((await search({ reconcileIssues: [Number(id)] })).body).toMatchObject({ issues: [{ id }] });
    const match = { jqls: ["project = ACME"], issueIds: [Number(id)] };
    expect((await jira.call("POST", "/jql/match", match)).body).toMatchObject({
      matches: [{ matchedIssues: [] }],
    });
    const read = await jira.call("POST", "/issue/bulkfetch", { issueIdsOrKeys: [id] });
    expect(read.body).toMatchObject({ issues: [{ id }], issueErrors: [] });
    const tooMany = Array.from({ length: 51 }, (_, index) => index);
    expect((await search({ reconcileIssues: tooMany })).status).toBe(400);
  });
});
