import { readFile } from "node:fs/promises";
import type { JiraEmulator } from "@ai-implement/emulators/jira/api.ts";
import { startJiraEmulator } from "@ai-implement/emulators/jira/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Project, TicketingConfig } from "../../core/project.ts";
import { aProject } from "../../core/testing/builders.ts";
import { type DoctorScene, openDoctorScene, type RunOptions, wrongIn } from "./testing/doctor-scene.ts";

const schemaFile = vendorSchema("jira.openapi.json");
const token = "jira-token-of-the-doctor";
const statusField = "AI-Implement Status";
const statuses = [
  "Ready",
  "Planning",
  "Plan Approved",
  "Implementing",
  "PR Ready",
  "Planning Failed",
  "Implementation Failed",
  "Merged",
];

const inJira = (overrides: Partial<Extract<TicketingConfig, { kind: "jira" }>> = {}, key = "SHOP"): Project =>
  aProject({
    key,
    ticketing: { kind: "jira", jql: "project = SHOP", repoFieldValue: "acme/shop", ...overrides },
  });

describe.skipIf(schemaFile === null)("§7.1 `ai-implement doctor` and Jira", () => {
  let jira: JiraEmulator;
  let scene: DoctorScene;
  beforeEach(async () => {
    const openApi = JSON.parse(await readFile(schemaFile ?? "", "utf8")) as unknown;
    jira = await startJiraEmulator({ openApi, token, cloudId: "cloud-1" });
    jira.site.addProject({ key: "SHOP" });
    jira.site.addField({ name: statusField, type: "select", options: statuses });
    jira.site.addField({ name: "AI-Implement Repo", type: "select", options: ["acme/shop"] });
    scene = await openDoctorScene();
  });
  afterEach(async () => {
    await Promise.all([jira.close(), scene.close()]);
    requireConformance(jira.conformance());
  });

  const examine = (settings: Readonly<Record<string, string>> = {}, options: RunOptions = {}) =>
    scene.examine({
      ...options,
      environment: {
        TICKETS_DIR: "",
        JIRA_TOKEN: token,
        JIRA_CLOUD_ID: "cloud-1",
        JIRA_SITE_URL: "https://acme.example",
        JIRA_API_URL: jira.url,
        ...settings,
      },
    });

  it("finds nothing wrong where the token, the fields, their options and the JQL are right", async () => {
    await scene.store(inJira());
    const { code, document } = await examine();
    expect(wrongIn(document)).toEqual([]);
    expect(code).toBe(0);
    const account = document.sections.find(({ title }) => title === "Jira");
    expect(account?.findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        "JIRA_TOKEN",
        "JIRA_CLOUD_ID",
        `the field "${statusField}"`,
        'the option "Merged" of the field "AI-Implement Status"',
      ]),
    );
    const project = document.sections.find(({ title }) => title.startsWith("Project SHOP"));
    expect(project?.findings.map(({ subject }) => subject)).toContain("ticketingConfig.jql");
  });

  it("names a token that Jira does not accept, once, and shows it nowhere", async () => {
    await scene.store(inJira());
    const wrongToken = "a-token-of-no-known-format";
    const { code, document } = await examine({ JIRA_TOKEN: wrongToken });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(/^Jira \| JIRA_TOKEN: .*not accepted.* → .*read:jira-work/),
    ]);
    expect(JSON.stringify(document)).not.toContain(wrongToken);
  });

  it("names a cloud id that is none", async () => {
    const { code, document } = await examine({ JIRA_CLOUD_ID: "cloud-2" });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Jira \| JIRA_CLOUD_ID: .* → .*tenant_info/)]);
  });

  it("names a field that is missing, once, before there is a project and with two of them", async () => {
    jira.site.removeField(statusField);
    const missing = [
      expect.stringMatching(
        /^Jira \| the field "AI-Implement Status": Jira has no field .* → Create it as a select/,
      ),
    ];
    expect(wrongIn((await examine()).document)).toEqual(missing);
    await scene.store(inJira(), inJira({ repoFieldValue: "acme/shop" }, "TILL"));
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual(missing);
  });

  it("does not ask for a field of the usual name where every project names another", async () => {
    jira.site.removeField(statusField);
    jira.site.addField({ name: "Robot", type: "select", options: statuses });
    await scene.store(inJira({ statusFieldOverride: "Robot" }));
    const { code, document } = await examine();
    expect(wrongIn(document)).toEqual([]);
    expect(code).toBe(0);
  });

  it("names an option that is missing", async () => {
    jira.site.removeOption(statusField, "PR Ready");
    await scene.store(inJira());
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(
        /^Jira \| the option "PR Ready" of the field .*AI-Implement Status.* → Add what is missing/,
      ),
    ]);
  });

  it("names a repository value that its field does not offer", async () => {
    await scene.store(inJira({ repoFieldValue: "acme/ship" }));
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(/^Project SHOP .*ticketingConfig\.repoFieldValue: .*acme\/ship/),
    ]);
  });

  it("names a JQL that Jira refuses, in Jira's words", async () => {
    await scene.store(inJira({ jql: "project = = SHOP" }), inJira({ jql: "project = NOWHERE" }, "TILL"));
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(/^Project SHOP .*ticketingConfig\.jql: .+ → Correct the JQL/),
      expect.stringMatching(/^Project TILL .*ticketingConfig\.jql: .*NOWHERE.* → Correct the JQL/),
    ]);
  });

  it("is done with a Jira that hangs", async () => {
    jira.setFaults(() => ({ kind: "hang" }));
    const { code, document } = await examine({}, { limitMs: 6_000 });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Jira \| .*did not answer/)]);
  });

  it("changes nothing in Jira", async () => {
    await scene.store(inJira());
    await examine();
    const asked = jira.requests().map(({ method, path }) => `${method} ${path}`);
    expect(asked.filter((request) => !/^GET |^POST \/rest\/api\/3\/jql\/parse$/.test(request))).toEqual([]);
    expect(asked.length).toBeGreaterThan(3);
  });
});
