import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenJira, openJira, paragraph } from "./testing/open-jira.ts";

const schemaFile = vendorSchema("jira.openapi.json");

describe.skipIf(schemaFile === null)("the Jira emulator", () => {
  let jira: OpenJira;
  beforeEach(async () => {
    jira = await openJira(schemaFile ?? "");
  });
  afterEach(() => jira.close());

  const search = (jql: string, more: object = {}) =>
    jira.call("POST", "/search/jql", { jql, fields: ["summary"], ...more });

  test("a search finds issues with the fields that were asked for, and no others", async () => {
    const { site } = jira.emulator;
    const { id, key } = site.addIssue({ projectKey: "ACME", summary: "One", fields: { Stage: "Ready" } });
    site.addIssue({ projectKey: "ACME", summary: "Two" });
    const { status, body } = await search("project = ACME AND Stage = Ready", {
      fields: ["summary", "customfield_10500"],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      isLast: true,
      issues: [
        {
          expand: "",
          id,
          key,
          self: `${jira.emulator.url}/ex/jira/cloud-1/rest/api/3/issue/${id}`,
          fields: {
            summary: "One",
            customfield_10500: expect.objectContaining({ id: "10100", value: "Ready" }) as unknown,
          },
        },
      ],
    });
  });

  test("without fields a search returns ids only, as the vendor's default is", async () => {
    const { id } = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" });
    const { body } = await jira.call("POST", "/search/jql", { jql: "project = ACME" });
    expect(body).toEqual({ isLast: true, issues: [{ id }] });
  });

  test("pages follow their tokens to the end, and none comes twice", async () => {
    for (let index = 0; index < 7; index += 1)
      jira.emulator.site.addIssue({ projectKey: "ACME", summary: `Issue ${index}` });
    const seen: string[] = [];
    let nextPageToken: string | undefined;
    do {
      const { body } = await search("project = ACME ORDER BY key", {
        maxResults: 3,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      });
      const page = body as { issues: { key: string }[]; nextPageToken?: string; isLast: boolean };
      seen.push(...page.issues.map(({ key }) => key));
      nextPageToken = page.nextPageToken;
      expect(page.isLast).toBe(nextPageToken === undefined);
    } while (nextPageToken !== undefined);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `ACME-${number}`));
    expect((await search("project = ACME", { nextPageToken: "no such" })).status).toBe(400);
  });

  test("a search gives no more than 100 issues at once", async () => {
    for (let index = 0; index < 101; index += 1)
      jira.emulator.site.addIssue({ projectKey: "ACME", summary: `Issue ${index}` });
    const { body } = await search("project = ACME", { maxResults: 5000 });
    expect((body as { issues: unknown[] }).issues).toHaveLength(100);
    const byDefault = await search("project = ACME");
    expect((byDefault.body as { issues: unknown[] }).issues).toHaveLength(50);
  });

  test.each(["", "ORDER BY created"])("an unbounded search is refused: %j", async (jql) => {
    const { status, body } = await search(jql);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorMessages: [expect.stringContaining("Unbounded JQL")] });
  });

  test("reading many by id or key answers what is there, and names what is not", async () => {
    const { site } = jira.emulator;
    const one = site.addIssue({ projectKey: "ACME", summary: "One" });
    const two = site.addIssue({ projectKey: "ACME", summary: "Two" });
    const { body } = await jira.call("POST", "/issue/bulkfetch", {
      issueIdsOrKeys: [two.id, "acme-1", "ACME-99", two.key],
      fields: ["summary"],
    });
    expect(body).toMatchObject({
      issues: [
        { id: one.id, fields: { summary: "One" } },
        { id: two.id, fields: { summary: "Two" } },
      ],
      issueErrors: [],
    });
    expect(((body as { issues: unknown[] }).issues as unknown[]).length).toBe(2);
    const tooMany = Array.from({ length: 101 }, (_, index) => String(index));
    expect((await jira.call("POST", "/issue/bulkfetch", { issueIdsOrKeys: tooMany })).status).toBe(400);
  });

  test("an issue shows blockers, relatives, parent and subtasks as Jira does", async () => {
    const { site } = jira.emulator;
    const parent = site.addIssue({ projectKey: "ACME", summary: "Parent", description: paragraph("Why") });
    const child = site.addIssue({
      projectKey: "ACME",
      summary: "Child",
      parent: parent.key,
      priority: "High",
    });
    const blocker = site.addIssue({ projectKey: "ACME", summary: "Blocker" });
    site.block(blocker.key, child.key);
    site.relate(child.key, parent.key);
    site.setStatus(blocker.id, "Done", "Won't Do");
    const shown = await jira.call("GET", `/issue/${child.key}`);
    expect(shown.body).toMatchObject({
      id: child.id,
      fields: {
        description: null,
        priority: { id: "2", name: "High" },
        status: { name: "To Do", statusCategory: { key: "new", name: "To Do" } },
        resolution: null,
        parent: { id: parent.id, key: parent.key, fields: { summary: "Parent" } },
        customfield_10500: null,
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/) as unknown,
        issuelinks: [
          {
            type: { name: "Blocks", inward: "is blocked by", outward: "blocks" },
            inwardIssue: { key: blocker.key, fields: { status: { statusCategory: { key: "done" } } } },
          },
          { type: { name: "Relates" }, outwardIssue: { key: parent.key } },
        ],
      },
    });
    const above = await jira.call("GET", `/issue/${parent.key}?fields=subtasks,description,resolution`);
    expect(above.body).toMatchObject({
      fields: { subtasks: [{ key: child.key }], description: paragraph("Why"), resolution: null },
    });
    const done = await jira.call("GET", `/issue/${blocker.id}?fields=resolution`);
    expect(done.body).toMatchObject({ fields: { resolution: { name: "Won't Do" } } });
    expect((await jira.call("GET", "/issue/ACME-99")).status).toBe(404);
  });

  test("an issue that moved is found by its old key, and keeps its id", async () => {
    const { site } = jira.emulator;
    site.addProject({ key: "OTHER" });
    const { id, key } = site.addIssue({ projectKey: "ACME", summary: "One" });
    site.moveToProject(id, "OTHER");
    const { body } = await jira.call("GET", `/issue/${key}?fields=project`);
    expect(body).toMatchObject({ id, key: "OTHER-1", fields: { project: { key: "OTHER" } } });
  });

  test("a deleted issue is gone, and so are the links to it", async () => {
    const { site } = jira.emulator;
    const one = site.addIssue({ projectKey: "ACME", summary: "One" });
    const two = site.addIssue({ projectKey: "ACME", summary: "Two" });
    site.block(one.key, two.key);
    site.deleteIssue(one.id);
    expect((await jira.call("GET", `/issue/${one.id}`)).status).toBe(404);
    expect((await jira.call("GET", `/issue/${two.id}?fields=issuelinks`)).body).toMatchObject({
      fields: { issuelinks: [] },
    });
    expect(site.issue(one.id)).toBeNull();
  });

  test("a link is made by request, once", async () => {
    const { site } = jira.emulator;
    const one = site.addIssue({ projectKey: "ACME", summary: "One" });
    const two = site.addIssue({ projectKey: "ACME", summary: "Two" });
    const link = { type: { name: "Blocks" }, inwardIssue: { key: one.key }, outwardIssue: { key: two.key } };
    expect((await jira.call("POST", "/issueLink", link)).status).toBe(201);
    expect((await jira.call("POST", "/issueLink", link)).status).toBe(201);
    const { body } = await jira.call("GET", `/issue/${two.key}?fields=issuelinks`);
    expect(body).toMatchObject({ fields: { issuelinks: [{ inwardIssue: { key: one.key } }] } });
    const unknown = { ...link, type: { name: "Loves" } };
    expect((await jira.call("POST", "/issueLink", unknown)).status).toBe(404);
  });

  test("fields, contexts, options and suggestions show what the site has", async () => {
    const { site } = jira.emulator;
    const fields = (await jira.call("GET", "/field")).body as { id: string; name: string }[];
    expect(fields).toContainEqual(
      expect.objectContaining({ id: "customfield_10500", name: "Stage", custom: true }),
    );
    const found = await jira.call("GET", "/field/search?type=custom&query=stag&maxResults=10");
    expect(found.body).toMatchObject({ total: 1, isLast: true, values: [{ id: "customfield_10500" }] });
    const contexts = (await jira.call("GET", "/field/customfield_10500/context")).body as {
      values: { id: string }[];
    };
    const context = contexts.values[0]?.id ?? "";
    const options = await jira.call("GET", `/field/customfield_10500/context/${context}/option?maxResults=2`);
    expect(options.body).toMatchObject({
      total: 3,
      isLast: false,
      values: [
        { id: "10100", value: "Ready", disabled: false },
        { id: "10101", value: "Working", disabled: false },
      ],
    });
    site.removeOption("Stage", "Working");
    const suggested = await jira.call("GET", "/jql/autocompletedata/suggestions?fieldName=cf%5B10500%5D");
    expect(suggested.body).toEqual({
      results: [
        { value: "Ready", displayName: "Ready" },
        { value: '"Very Done"', displayName: "Very Done" },
      ],
    });
    site.removeField("Stage");
    expect((await jira.call("GET", "/field/customfield_10500/context")).status).toBe(404);
    expect(
      ((await jira.call("GET", "/field")).body as { name: string }[]).map(({ name }) => name),
    ).not.toContain("Stage");
  });

  test("what can be edited names the values of a select", async () => {
    const { key } = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" });
    const { body } = await jira.call("GET", `/issue/${key}/editmeta`);
    expect(body).toMatchObject({
      fields: {
        customfield_10500: {
          name: "Stage",
          schema: { type: "option" },
          allowedValues: [{ value: "Ready" }, { value: "Working" }, { value: "Very Done" }],
        },
        customfield_10501: { name: "Notes", schema: { type: "string" } },
      },
    });
  });

  test("the account, its permissions and the server answer as Jira's do", async () => {
    expect((await jira.call("GET", "/myself")).body).toMatchObject({ active: true });
    const permissions = await jira.call("GET", "/mypermissions?permissions=EDIT_ISSUES,ADMINISTER");
    expect(permissions.body).toMatchObject({
      permissions: { EDIT_ISSUES: { havePermission: true }, ADMINISTER: { havePermission: false } },
    });
    expect((await jira.call("GET", "/mypermissions")).status).toBe(400);
    expect((await jira.call("GET", "/serverInfo")).body).toMatchObject({ deploymentType: "Cloud" });
  });

  test("queries are parsed and matched with the vendor's sentences", async () => {
    const { id } = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One" });
    const parsed = await jira.call("POST", "/jql/parse?validation=strict", {
      queries: ["project = ACME", "project = NOPE AND Stage = Lost", "invalid query"],
    });
    expect(parsed.body).toEqual({
      queries: [
        { query: "project = ACME" },
        {
          query: "project = NOPE AND Stage = Lost",
          errors: [
            "The value 'NOPE' does not exist for the field 'project'.",
            "The option 'Lost' for field 'Stage' does not exist.",
          ],
        },
        {
          query: "invalid query",
          errors: [
            "Error in the JQL Query: Expecting operator but got 'query'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 9)",
          ],
        },
      ],
    });
    const matched = await jira.call("POST", "/jql/match", {
      jqls: ["summary ~ one", "summary ~ two", "nothing = 1"],
      issueIds: [Number(id), 99],
    });
    expect(matched.body).toMatchObject({
      matches: [
        { matchedIssues: [Number(id)], errors: [] },
        { matchedIssues: [], errors: [] },
        { matchedIssues: [], errors: [expect.stringContaining("Field 'nothing' does not exist")] },
      ],
    });
  });
});
