import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type JiraScene,
  jiraOpenApi,
  jiraProject,
  openJiraScene,
  repoField,
  statusField,
} from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("§7 what has to be right in Jira", () => {
  let scene: JiraScene;
  beforeEach(async () => {
    scene = await openJiraScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  const wrong = async (project = scene.project, tracker = scene.tracker) =>
    (await tracker.check(project)).filter(({ problem }) => problem !== null);

  const optionOf = (word: string): string => `the option "${word}" of the field "AI-Implement Status"`;

  test("is told in the order in which a person would look", async () => {
    const findings = await scene.tracker.check(scene.project);
    expect(findings.map(({ subject }) => subject)).toEqual([
      "JIRA_TOKEN",
      "JIRA_CLOUD_ID",
      "the permission to browse projects",
      "the permission to edit issues",
      "the permission to add comments",
      'the field "AI-Implement Status"',
      'the field "AI-Implement Repo"',
      optionOf("Ready"),
      optionOf("Planning"),
      optionOf("Plan Approved"),
      optionOf("Implementing"),
      optionOf("PR Ready"),
      optionOf("Planning Failed"),
      optionOf("Implementation Failed"),
      optionOf("Merged"),
      "ticketingConfig.repoFieldValue",
      "ticketingConfig.jql",
    ]);
    expect(await scene.tracker.check(null)).toEqual(findings.slice(0, -2));
  });

  test.each([
    [{ token: "wrong" }, "JIRA_TOKEN", /scopes/],
    [{ cloudId: "wrong" }, "JIRA_CLOUD_ID", /tenant_info/],
    [{ apiUrl: "http://127.0.0.1:1" }, "Jira", /JIRA_API_URL/],
  ])("%j is found at %s", async (options, subject, fix) => {
    const tracker = scene.restarted({ gate: { retries: 0 }, ...options });
    expect(await wrong(scene.project, tracker)).toMatchObject([
      { subject, problem: { fix: expect.stringMatching(fix) as string } },
    ]);
  });

  test("a field", async () => {
    scene.emulator.site.removeField(repoField);
    expect(await wrong()).toMatchObject([{ subject: 'the field "AI-Implement Repo"' }]);
  });

  test("an option", async () => {
    scene.emulator.site.removeOption(statusField, "PR Ready");
    expect(await wrong()).toMatchObject([{ subject: optionOf("PR Ready") }]);
  });

  test("a repository that the select does not offer", async () => {
    expect(await wrong(jiraProject("acme", { repoFieldValue: "attic" }))).toMatchObject([
      {
        subject: "ticketingConfig.repoFieldValue",
        problem: { what: 'The field "AI-Implement Repo" has no enabled option "attic".' },
      },
    ]);
  });

  test.each([
    ["project = NOWHERE", /NOWHERE/],
    ["project = ACME ORDER BY created", /ORDER BY/],
  ])("the JQL %s", async (jql, sentence) => {
    expect(await wrong(jiraProject("acme", { jql }))).toMatchObject([
      { subject: "ticketingConfig.jql", problem: { what: expect.stringMatching(sentence) as string } },
    ]);
  });

  test("without a project, that the missing default fields may be used by none", async () => {
    scene.emulator.site.removeField(repoField);
    scene.emulator.site.removeOption(statusField, "PR Ready");
    const findings = (await scene.tracker.check(null)).filter(({ problem }) => problem !== null);
    expect(findings.map(({ subject }) => subject)).toEqual([
      'the field "AI-Implement Repo"',
      optionOf("PR Ready"),
    ]);
    for (const { problem } of findings) expect(problem?.fix).toMatch(/A project that names its own fields/);
  });

  test.each([
    [{ kind: "server-error" }, /wait/],
    [{ kind: "rate-limited", resetMs: 60_000 }, /wait/],
    [{ kind: "reset-before" }, /JIRA_API_URL/],
    [{ kind: "empty" }, /JIRA_API_URL/],
  ] as const)("%j, at once or half-way, is a finding that says what to do", async (fault, fix) => {
    for (const [path, subject] of [
      ["/myself", "Jira"],
      ["/field", "the fields of Jira"],
    ]) {
      const tracker = scene.restarted({ gate: { retries: 0 } });
      scene.emulator.setFaults((request) => (request.path.endsWith(path ?? "") ? fault : null));
      expect((await wrong(scene.project, tracker))[0]).toMatchObject({
        subject,
        problem: { fix: expect.stringMatching(fix) as string },
      });
    }
  });

  describe("§13 what an operator chooses from", () => {
    test("fields, with what they hold", async () => {
      const fields = await scene.tracker.fields();
      expect(fields.filter(({ custom }) => custom)).toEqual([
        { id: expect.any(String) as string, name: statusField, custom: true, type: "option" },
        { id: expect.any(String) as string, name: repoField, custom: true, type: "option" },
      ]);
      expect(fields.find(({ id }) => id === "summary")).toMatchObject({ custom: false, type: "string" });
    });

    test.each([null, 403])("options, whether the token is an administrator's or not (%j)", async (status) => {
      scene.emulator.setFaults(({ path }) =>
        status !== null && path.endsWith("/context") ? { kind: "server-error", status } : null,
      );
      const repo = (await scene.tracker.fields()).find(({ name }) => name === repoField);
      const options = await scene.tracker.options(repo?.id ?? "");
      expect(options.map(({ value, disabled }) => [value, disabled])).toEqual([
        ["shop", false],
        ["api", false],
      ]);
      expect(await wrong()).toEqual([]);
    });

    test("options of what is no custom field are refused before they are asked for", async () => {
      await expect(scene.tracker.options("../issue/1")).rejects.toMatchObject({ failure: "invalid" });
      expect(scene.requests()).toEqual([]);
    });

    test("Jira's opinion of a JQL", async () => {
      expect(await scene.tracker.validateJql("project = ACME")).toEqual([]);
      expect(await scene.tracker.validateJql("project = NOWHERE")).toEqual([
        expect.stringContaining("NOWHERE"),
      ]);
      expect(await scene.tracker.validateJql(" ")).toEqual(["It is empty."]);
    });
  });
});
