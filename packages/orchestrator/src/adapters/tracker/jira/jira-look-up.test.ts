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
      await lookUp(ticketIdOf(issue), scene.project, jiraProject("ops", { repoFieldValue: "api" })),
    ).toMatchObject({
      marked: true,
      ticket: { identifier: "OPS-1", scope: "ops", id: ticketIdOf(issue) },
    });
  });

  test("of an issue that is no project's names its project in Jira", async () => {
    const issue = scene.addIssue({ fields: { [repoField]: "api" } });
    expect(await lookUp(ticketIdOf(issue))).toMatchObject({ marked: true, ticket: { scope: "ACME" } });
  });

  test("of many is one request a hundred", async () => {
    const ids = Array.from({ length: 120 }, () => ticketIdOf(scene.addIssue()));
    const found = await scene.tracker.lookUp(ids, [scene.project]);
    expect([...found.values()].filter((one) => one?.marked)).toHaveLength(120);
    expect(scene.requests("/issue/bulkfetch")).toHaveLength(2);
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
});
