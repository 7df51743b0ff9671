import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";
import { makeSandbox, type Sandbox, startService } from "./support/service.ts";
import { jiraRepoField, jiraStatusField, startVendors, type Vendors } from "./support/vendors.ts";

const linearSchema = vendorSchema("linear.schema.graphql");
const jiraSchema = vendorSchema("jira.openapi.json");

const repository = {
  forge: "local",
  owner: "acme",
  repo: "tally",
  defaultBranch: "main",
  executionMode: "process",
};

interface Document {
  readonly ok: boolean;
  readonly sections: readonly {
    readonly title: string;
    readonly findings: readonly {
      readonly status: string;
      readonly subject: string;
      readonly what?: string;
      readonly fix?: string;
    }[];
  }[];
}

/** One thing after the other is broken, as people break it; each stays broken. */
describe.skipIf(linearSchema === null || jiraSchema === null)(
  "ai-implement doctor, as a command (§7.1)",
  () => {
    let sandbox: Sandbox;
    let vendors: Vendors;

    beforeAll(async () => {
      if (linearSchema === null || jiraSchema === null) return;
      sandbox = await makeSandbox();
      vendors = await startVendors({ linearSchema, jiraSchema });
      vendors.linear.workspace.addTeam({ key: "LIN" });
      vendors.jira.site.addProject({ key: "OPS" });
      vendors.jira.site.addField({ name: jiraRepoField, type: "text" });
      const service = await startService(sandbox, vendors.settings);
      const jira = { kind: "jira", jql: "project = OPS", repoFieldValue: "acme/tally" };
      for (const mapping of [
        { teamKey: "LIN", ticketingProvider: "linear", ticketingConfig: { kind: "linear" } },
        { teamKey: "OPS", ticketingProvider: "jira", ticketingConfig: jira },
      ])
        expect(await service.send("POST", "/api/mappings", { ...repository, ...mapping })).toMatchObject({
          status: 201,
        });
      expect(await service.stop()).toBe(0);
    });
    afterAll(async () => {
      if (linearSchema === null || jiraSchema === null) return;
      await sandbox.remove();
      await vendors.close();
    });

    const examine = async (environment: Readonly<Record<string, string>> = {}) => {
      const { exitCode, stdout, stderr } = await aiImplement(["doctor", "--json"], {
        directory: sandbox.path,
        environment: { ...vendors.settings, ...environment },
      });
      const document = JSON.parse(stdout) as Document;
      const wrong = document.sections.flatMap(({ title, findings }) =>
        findings
          .filter(({ status }) => status === "wrong")
          .map(({ subject, what, fix }) => `${title} | ${subject}: ${what} → ${fix}`),
      );
      return { exitCode, wrong, output: stdout + stderr };
    };

    it("is content where all is set up, and ends with 0", async () => {
      const { exitCode, wrong } = await examine();
      expect(wrong).toEqual([]);
      expect(exitCode).toBe(0);
    });

    it("names a missing label with the fix, and ends with 1", async () => {
      const fresh = await startVendors({
        linearSchema: linearSchema ?? "",
        jiraSchema: jiraSchema ?? "",
        hasLabel: false,
      });
      fresh.linear.workspace.addTeam({ key: "LIN" });
      const { LINEAR_API_URL = "" } = fresh.settings;
      const { exitCode, wrong } = await examine({ LINEAR_API_URL });
      expect(wrong).toEqual([expect.stringMatching(/label AI-Implement: .+ → .*label/)]);
      expect(exitCode).toBe(1);
      await fresh.close();
    });

    it("names a wrong key, of either vendor, and prints neither", async () => {
      const { exitCode, wrong, output } = await examine({
        LINEAR_API_KEY: "wrong-linear-key",
        JIRA_TOKEN: "wrong-jira-token",
      });
      expect(exitCode).toBe(1);
      expect(wrong.join("\n")).toMatch(/LINEAR_API_KEY: .+ → .+/);
      expect(wrong.join("\n")).toMatch(/JIRA_TOKEN: .+ → .+/);
      expect(output).not.toMatch(/wrong-linear-key|wrong-jira-token/);
    });

    it.each([
      [
        "missing option",
        (it: Vendors) => it.jira.site.removeOption(jiraStatusField, "PR Ready"),
        /"PR Ready".*: .+ → .*option/,
      ],
      [
        "missing Jira field",
        (it: Vendors) => it.jira.site.removeField(jiraRepoField),
        /AI-Implement Repo.*: .+ → .*field/,
      ],
      [
        "invalid JQL",
        (it: Vendors) => it.jira.site.removeProject("OPS"),
        /ticketingConfig\.jql: .*OPS.* → .+/,
      ],
    ] as const)("names a %s with the fix, and ends with 1", async (_, breakIt, named) => {
      breakIt(vendors);
      const { exitCode, wrong } = await examine();
      expect(exitCode).toBe(1);
      expect(wrong.find((line) => named.test(line)) ?? wrong.join("\n")).toMatch(named);
    });
  },
);
