import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type JiraScene,
  jiraOpenApi,
  jiraProject,
  openJiraScene,
  repoField,
  statusField,
  ticketIdOf,
} from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("§5.4 a look-up in Jira", () => {
  let scene: JiraScene;
  beforeEach(async () => {
    scene = await openJiraScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  const lookUp = async (id: string, ...projects: ReturnType<typeof jiraProject>[]) =>
    (await scene.tracker.lookUp([id], projects.length === 0 ? [scene.project] : projects)).get(id);

  test("follows an issue that was moved to another project of Jira", async () => {
    const { site } = scene.emulator;
    site.addProject({ key: "OPS" });
    const issue = scene.addIssue();
    site.moveToProject(issue.id, "OPS");
    site.setField(issue.id, repoField, "api");
    expect(
      await lookUp(
        ticketIdOf(issue),
        scene.project,
        jiraProject("ops", { jql: "project = OPS", repoFieldValue: "api" }),
      ),
    ).toMatchObject({
      marked: true,
      ticket: { identifier: "OPS-1", scope: "ops", id: ticketIdOf(issue) },
    });
  });

  test("of many is one request a hundred", async () => {
    const ids = Array.from({ length: 120 }, () => ticketIdOf(scene.addIssue()));
    const found = await scene.tracker.lookUp(ids, [scene.project]);
    expect([...found.values()].filter((one) => one?.marked)).toHaveLength(120);
    expect(scene.requests("/issue/bulkfetch")).toHaveLength(2);
    expect(scene.requests("/search/jql")).toHaveLength(3);
  });

  test("does not take an issue for gone that Jira only failed to return", async () => {
    const issue = scene.addIssue();
    await scene.tracker.listMarked([scene.project]);
    scene.emulator.setFaults(({ path }) =>
      path.endsWith("/issue/bulkfetch") || path.endsWith(issue.id) ? { kind: "server-error" } : null,
    );
    await expect(lookUp(ticketIdOf(issue))).rejects.toMatchObject({ failure: "unavailable" });
  });

  test("does not take an issue for unmarked whose field is gone", async () => {
    const issue = scene.addIssue();
    scene.emulator.site.removeField(statusField);
    await expect(lookUp(ticketIdOf(issue))).rejects.toThrow(/no field "AI-Implement Status"/);
  });

  describe("§7.2 calls marked for a project only what a list would show", () => {
    const reopen = async (...options: Parameters<typeof openJiraScene>): Promise<void> => {
      await scene.close();
      scene = await openJiraScene(...options);
    };
    /** An issue that says `shop` and stands where `shop`'s JQL does not look. */
    const addOutside = (fields: Readonly<Record<string, string>> = {}) => {
      scene.emulator.site.addProject({ key: "OPS" });
      return scene.addIssue({ projectKey: "OPS", fields });
    };

    test.each(["Ready", "Plan Approved"])("not one outside of the JQL that says %s", async (word) => {
      const issue = addOutside({ [statusField]: word });
      expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: false });
      expect((await scene.tracker.listMarked([scene.project])).tickets).toEqual([]);
    });

    test("not one whose repository is nobody's", async () => {
      const issue = scene.addIssue({ fields: { [repoField]: "api" } });
      expect(await lookUp(ticketIdOf(issue), jiraProject("ACME"))).toMatchObject({ marked: false });
    });

    test("one that another project's JQL finds, as the list does", async () => {
      const issue = addOutside();
      const projects = [scene.project, jiraProject("ops", { jql: "project = OPS", repoFieldValue: "api" })];
      expect(await lookUp(ticketIdOf(issue), ...projects)).toMatchObject({
        marked: true,
        ticket: { scope: "acme" },
      });
      const { tickets } = await scene.tracker.listMarked(projects);
      expect(tickets).toMatchObject([{ identifier: issue.key, scope: "acme" }]);
    });

    test("one that was created or edited a moment ago, though the index lags", async () => {
      await reopen({ searchLagMs: 60_000 });
      const issue = scene.addIssue();
      expect((await scene.tracker.listMarked([scene.project])).tickets).toEqual([]);
      expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: true, ticket: { scope: "acme" } });
      scene.emulator.site.addProject({ key: "OPS" });
      scene.emulator.site.moveToProject(issue.id, "OPS");
      expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: false });
    });

    test("is one request more, and none where nothing is marked for a project", async () => {
      const issue = scene.addIssue();
      const unmarked = scene.addIssue({ fields: { [statusField]: "Someday" } });
      const closed = scene.addIssue({ fields: { [statusField]: "Merged" } });
      await scene.tracker.lookUp([issue, unmarked, closed].map(ticketIdOf), [scene.project]);
      expect(scene.requests("/search/jql").map(({ body }) => body)).toMatchObject([
        { reconcileIssues: [Number(issue.id)] },
      ]);
      await scene.tracker.lookUp([unmarked, closed].map(ticketIdOf), [scene.project]);
      expect(scene.requests("/search/jql")).toHaveLength(1);
    });

    describe("and ends no work on what is not shown any more: it is nobody's, and keeps its mark", () => {
      const nobodys = { marked: true, ticket: { scope: "Jira project OPS" } };

      test("where a list has shown it before", async () => {
        const issue = scene.addIssue();
        await scene.tracker.listMarked([scene.project]);
        scene.emulator.site.addProject({ key: "OPS" });
        scene.emulator.site.moveToProject(issue.id, "OPS");
        expect(await lookUp(ticketIdOf(issue))).toMatchObject(nobodys);
        scene.emulator.site.setField(issue.id, statusField, null);
        expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: false });
      });

      test.each(["Planning", "Implementing", "PR Ready"])(
        "where it says %s, perhaps since before a restart",
        async (word) => {
          const issue = addOutside({ [statusField]: word });
          expect(await lookUp(ticketIdOf(issue))).toMatchObject(nobodys);
        },
      );

      test("where Jira cannot say, unless a list has shown it", async () => {
        const issue = scene.addIssue();
        const outside = addOutside();
        await scene.tracker.listMarked([scene.project]);
        const broken = jiraProject("acme", { jql: "project = NOWHERE" });
        expect(await lookUp(ticketIdOf(outside), broken)).toMatchObject(nobodys);
        expect(await lookUp(ticketIdOf(issue), broken)).toMatchObject({
          marked: true,
          ticket: { scope: "acme" },
        });
        const good = jiraProject("good", { repoFieldValue: "api" });
        scene.emulator.site.setField(issue.id, repoField, "api");
        expect(await scene.restarted().lookUp([ticketIdOf(issue)], [good, broken])).toEqual(
          new Map([[ticketIdOf(issue), expect.objectContaining({ marked: true })]]),
        );
      });

      test("where its projects claim it both, and their JQL does not decide", async () => {
        const issue = scene.addIssue();
        expect(await lookUp(ticketIdOf(issue), jiraProject("ACME"), jiraProject("two"))).toMatchObject({
          marked: true,
          ticket: { scope: "Jira project ACME" },
        });
      });
    });
  });
});
