import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minutes } from "../../../core/time.ts";
import { markdownToAdf } from "./adf/from-markdown.ts";
import {
  type JiraScene,
  jiraOpenApi,
  jiraProject,
  openJiraScene,
  refOf,
  repoField,
  statusField,
  ticketIdOf,
} from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("looking at Jira", () => {
  let scene: JiraScene;
  beforeEach(async () => {
    scene = await openJiraScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  const reopen = async (...options: Parameters<typeof openJiraScene>): Promise<void> => {
    await scene.close();
    scene = await openJiraScene(...options);
  };
  const look = (...projects: ReturnType<typeof jiraProject>[]) =>
    scene.tracker.listMarked(projects.length === 0 ? [scene.project] : projects);
  const searches = () => scene.requests("/search/jql");

  describe("§7.2 requests", () => {
    test("one search a page covers all projects", async () => {
      const { site } = scene.emulator;
      for (const key of ["OPS", "WEB"]) site.addProject({ key });
      for (let count = 0; count < 150; count += 1)
        scene.addIssue({ projectKey: ["ACME", "OPS", "WEB"][count % 3] ?? "" });
      const repos = { OPS: "api", WEB: "shop", ACME: "shop" };
      const { tickets, problems } = await look(
        jiraProject("acme", { jql: "project = ACME OR project = OPS" }),
        jiraProject("web", { jql: "project = WEB", repoFieldValue: "web" }),
        jiraProject("ops", { jql: "project = OPS", repoFieldValue: repos.OPS }),
      );
      expect(tickets).toHaveLength(150);
      expect(problems).toEqual([]);
      expect(searches()).toHaveLength(2);
    });

    test("a quiet look costs one request", async () => {
      const parent = scene.addIssue({ summary: "Epic" });
      const one = scene.addIssue({ parent: parent.key });
      const other = scene.addIssue({ parent: parent.key });
      scene.emulator.site.block(one.key, other.key);
      const first = await look();
      const before = scene.requests().length;
      expect(await look()).toEqual(first);
      expect(
        scene
          .requests()
          .slice(before)
          .map(({ path }) => path),
      ).toEqual(["/rest/api/3/search/jql"]);
    });

    test("what we have just written is seen though the index lags", async () => {
      await reopen({ searchLagMs: 60_000 });
      const issue = scene.addIssue();
      const { tracker, project } = scene;
      await tracker.lookUp([ticketIdOf(issue)], [project]);
      expect((await look()).tickets).toEqual([]);
      await tracker.apply({ kind: "stage", ticket: refOf(issue), stage: "planning" }, "stage:1");
      expect((await look()).tickets.map(({ stage }) => stage)).toEqual(["planning"]);
      expect(searches().at(-1)?.body).toMatchObject({ reconcileIssues: [Number(issue.id)] });
      scene.advance(minutes(6));
      await look();
      expect(searches().at(-1)?.body).not.toHaveProperty("reconcileIssues");
    });
  });

  describe("§5.1 whose issue it is", () => {
    test("its repository says so, in whatever case; a text field will do", async () => {
      await reopen({ repoType: "text" });
      scene.addIssue({ fields: { [repoField]: " Shop " } });
      scene.addIssue({ fields: { [repoField]: "api" } });
      const { tickets } = await look(jiraProject("s"), jiraProject("a", { repoFieldValue: "API" }));
      expect(tickets.map(({ identifier, scope }) => [identifier, scope])).toEqual([
        ["ACME-1", "s"],
        ["ACME-2", "a"],
      ]);
    });

    test("one without a repository, or with one of nobody, is named with its fix", async () => {
      await reopen({ repoType: "text" });
      const empty = scene.addIssue({ fields: { [repoField]: "" } });
      const strange = scene.addIssue({ fields: { [repoField]: "attic" } });
      const { tickets, problems } = await look();
      expect(tickets).toEqual([]);
      expect(problems).toEqual([
        {
          source: empty.key,
          problem: 'its field "AI-Implement Repo" is empty, so no project is known for it',
          fix: "Set it to one of: shop.",
        },
        {
          source: strange.key,
          problem:
            'its field "AI-Implement Repo" says "attic", which is no project\'s ticketingConfig.repoFieldValue',
          fix: "Set it to one of: shop.",
        },
      ]);
    });

    test("where two projects share a repository, their JQL decides", async () => {
      scene.emulator.site.addProject({ key: "OPS" });
      scene.addIssue();
      scene.addIssue({ projectKey: "OPS" });
      scene.addIssue({ fields: { [repoField]: "api" } });
      const { tickets, problems } = await look(
        jiraProject("one"),
        jiraProject("two", { jql: "project = OPS" }),
        jiraProject("three", { repoFieldValue: "api" }),
      );
      expect(problems).toEqual([]);
      expect(tickets.map(({ identifier, scope }) => [identifier, scope]).sort()).toEqual([
        ["ACME-1", "one"],
        ["ACME-2", "three"],
        ["OPS-1", "two"],
      ]);
      expect(scene.requests("/jql/match").map(({ body }) => body)).toEqual([
        expect.objectContaining({ jqls: ["project = ACME", "project = OPS"] }),
      ]);
    });

    test("where their JQL does not decide either, both are named", async () => {
      const issue = scene.addIssue();
      const { tickets, problems } = await look(jiraProject("one"), jiraProject("two"));
      expect(tickets).toEqual([]);
      expect(problems).toMatchObject([
        { source: issue.key, problem: expect.stringContaining("one, two") as string },
      ]);
    });
  });

  test("§5.1 an issue is not given to one project because the JQL of the other is broken", async () => {
    const issue = scene.addIssue();
    const { tickets, problems } = await look(
      jiraProject("one"),
      jiraProject("two", { jql: "project = NOWHERE" }),
    );
    expect(tickets).toEqual([]);
    expect(problems).toMatchObject([
      { source: "two", problem: expect.stringContaining("NOWHERE") as string },
      { source: issue.key, problem: expect.stringContaining("one, two") as string },
    ]);
  });

  describe("§7.1 what is missing is named, and the other projects go on", () => {
    const otherFields = { statusFieldOverride: "Their Status", repoFieldValue: "api" };
    const both = () => [scene.project, jiraProject("theirs", otherFields)] as const;
    const addTheirs = (options: readonly string[]) => {
      scene.emulator.site.addField({ name: "Their Status", type: "select", options });
    };

    test("a field", async () => {
      scene.addIssue();
      expect(await look(...both())).toMatchObject({
        tickets: [{ identifier: "ACME-1" }],
        problems: [
          {
            source: "theirs",
            problem: expect.stringContaining('no field "Their Status"') as string,
            fix: expect.stringContaining("ticketingConfig.statusFieldOverride") as string,
          },
        ],
      });
    });

    test("a field that is there twice", async () => {
      for (let time = 0; time < 2; time += 1) addTheirs(["Ready"]);
      scene.addIssue();
      const { tickets, problems } = await look(...both());
      expect(tickets).toHaveLength(1);
      expect(problems).toMatchObject([
        {
          source: "theirs",
          problem: expect.stringMatching(/2 fields .*customfield_\d+, customfield_\d+/) as string,
        },
      ]);
    });

    test("an option, without which the issues of the others are found all the same", async () => {
      addTheirs(["Ready", "Planning", "Plan Approved", "Implementing", "PR Ready", "Merged"]);
      scene.addIssue();
      scene.addIssue({ fields: { [statusField]: "", [repoField]: "api", "Their Status": "PR Ready" } });
      const { tickets, problems } = await look(...both());
      expect(tickets.map(({ scope, stage }) => [scope, stage])).toEqual([
        ["acme", "marked"],
        ["theirs", "pr-open"],
      ]);
      expect(problems).toEqual([
        {
          source: "theirs",
          problem:
            'The field "Their Status" has no enabled options "Planning Failed", "Implementation Failed".',
          fix: expect.any(String) as string,
        },
      ]);
    });

    test("an option that is gone since we last looked at the field", async () => {
      scene.addIssue();
      await look();
      scene.emulator.site.removeOption(statusField, "PR Ready");
      scene.advance(minutes(1));
      const { tickets, problems } = await look();
      expect(tickets).toHaveLength(1);
      expect(problems).toMatchObject([
        { source: "acme", problem: expect.stringContaining('"PR Ready"') as string },
      ]);
    });

    test.each([
      ["project = NOWHERE", /NOWHERE/],
      ["project = ACME ORDER BY created", /ORDER BY/],
      ["project = ACME) OR (project = ACME", /parenthesis/],
      ["project === ACME", /./],
    ])("a JQL: %s", async (jql, sentence) => {
      scene.addIssue();
      const { tickets, problems } = await look(
        scene.project,
        jiraProject("bad", { jql, repoFieldValue: "api" }),
      );
      expect(tickets).toHaveLength(1);
      expect(problems).toMatchObject([{ source: "bad", problem: expect.stringMatching(sentence) as string }]);
    });
  });

  test("§5.2 relatives are told with what they say, siblings and all", async () => {
    const { site } = scene.emulator;
    const parent = scene.addIssue({ summary: "Epic", description: markdownToAdf("e".repeat(3_000)) });
    const issue = scene.addIssue({ parent: parent.key });
    for (let count = 0; count < 25; count += 1)
      scene.addIssue({
        summary: `Sibling ${count}`,
        parent: parent.key,
        fields: { [statusField]: "Someday" },
      });
    const related = scene.addIssue({ summary: "Like it", description: markdownToAdf("**Words**") });
    site.relate(issue.key, related.key);
    const { tickets } = await look();
    const relatives = tickets.find(({ id }) => id === ticketIdOf(issue))?.relatives ?? [];
    expect(relatives).toHaveLength(22);
    expect(relatives[0]).toMatchObject({ identifier: parent.key, relation: "parent", title: "Epic" });
    expect(relatives[0]?.description).toMatch(/^e{2000}\n… \(cut\)$/);
    expect(relatives[1]).toEqual({ identifier: "ACME-3", title: "Sibling 0", relation: "sibling" });
    expect(relatives.at(-1)).toEqual({
      identifier: related.key,
      title: "Like it",
      relation: "related",
      description: "**Words**",
    });
  });

  test("§7.1 a merged blocker is asked about once for the whole look", async () => {
    const { site } = scene.emulator;
    const merged = scene.addIssue({ fields: { [statusField]: "Merged" } });
    const open = scene.addIssue({ fields: { [statusField]: "Someday" } });
    for (let count = 0; count < 3; count += 1) {
      const blocked = scene.addIssue();
      site.block(merged.key, blocked.key);
      site.block(open.key, blocked.key);
    }
    const { tickets } = await look();
    expect(tickets.map(({ blockedBy }) => blockedBy)).toEqual(
      Array.from({ length: 3 }, () => [{ identifier: open.key, state: "To Do" }]),
    );
    expect(scene.requests("/issue/bulkfetch")).toHaveLength(1);
  });
});
