import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mergeUntil, runsOf, sidecar } from "./support/outcome.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import {
  jiraRepoField,
  jiraStatusField,
  sendWebhooks,
  startVendors,
  type Vendors,
} from "./support/vendors.ts";

const linearSchema = vendorSchema("linear.schema.graphql");
const jiraSchema = vendorSchema("jira.openapi.json");

const project = {
  forge: "local",
  owner: "acme",
  repo: "tally",
  defaultBranch: "main",
  executionMode: "process",
} as const;

const description =
  "A line such as `12x` is read as `NaN` today.\n\n- `parse` throws an error that names the line.";

const paragraph = (text: string) => ({ type: "paragraph", content: [{ type: "text", text }] });

/** One small file of its own, so that the three pull requests have nothing to fight about. */
const greeting = {
  plan: [{ kind: "architecture", body: "One function in `src/greeting.js`." }],
  iterations: [
    {
      summary: "Added `greeting`.",
      edits: [{ path: "src/greeting.js", content: "export const greeting = () => 'hello';\n" }],
    },
  ],
  reviews: [{ approved: true, findings: [] }],
  gaps: { implemented: [], gaps: [], manualSteps: [] },
  secondsPerStep: 0.05,
};

/** The rehearsal of the sandbox, under the names that the tickets have in their trackers. */
const rewriteScript = async (sandbox: Sandbox): Promise<void> => {
  const file = join(sandbox.path, "rehearsal.json");
  const { tickets } = JSON.parse(await readFile(file, "utf8")) as { tickets: Record<string, unknown> };
  const renamed = { "TALLY-1": tickets["TALLY-1"], "LIN-1": tickets["TALLY-3"], "OPS-1": greeting };
  await writeFile(file, JSON.stringify({ tickets: renamed }));
};

const textOf = (node: unknown): string => JSON.stringify(node);

describe.skipIf(linearSchema === null || jiraSchema === null)("three trackers in one deployment (§7)", () => {
  let sandbox: Sandbox;
  let vendors: Vendors;
  let service: Service;
  let linearId: string;
  let jiraId: string;

  beforeAll(async () => {
    if (linearSchema === null || jiraSchema === null) return;
    sandbox = await makeSandbox();
    await rm(join(sandbox.tickets, "TALLY-2.md"));
    await rm(join(sandbox.tickets, "TALLY-3.md"));
    await rewriteScript(sandbox);
    vendors = await startVendors({ linearSchema, jiraSchema, searchLagMs: 500 });
    const { linear, jira } = vendors;
    linear.workspace.addTeam({ key: "LIN" });
    jira.site.addProject({ key: "OPS" });
    jira.site.addField({ name: jiraRepoField, type: "text" });
    service = await startService(sandbox, vendors.settings);
    sendWebhooks(vendors, service.url);
    const mappings = [
      { teamKey: "LIN", ticketingProvider: "linear", ticketingConfig: { kind: "linear" } },
      {
        teamKey: "OPS",
        ticketingProvider: "jira",
        ticketingConfig: { kind: "jira", jql: "project = OPS", repoFieldValue: "acme/tally" },
      },
    ];
    for (const mapping of mappings)
      expect(await service.send("POST", "/api/mappings", { ...project, ...mapping })).toMatchObject({
        status: 201,
      });
    linearId = linear.workspace.addIssue({
      teamKey: "LIN",
      title: "Refuse lines that are not numbers",
      description,
      labels: ["AI-Implement", "bug"],
    }).id;
    jiraId = jira.site.addIssue({
      projectKey: "OPS",
      summary: "Greet people",
      description: { version: 1, type: "doc", content: [paragraph("Say hello.")] },
      fields: { [jiraStatusField]: "Ready", [jiraRepoField]: "acme/tally" },
    }).id;
    await mergeUntil(service, 3);
    await eventually("every ticket shows its merge", async () => {
      const { status } = await sidecar(sandbox, "TALLY-1");
      const inLinear = linear.workspace.issue(linearId)?.state.type;
      const inJira = jira.site.issue(jiraId)?.fields[jiraStatusField];
      return status === "Merged" && inLinear === "completed" && inJira === "Merged";
    });
  });

  afterAll(async () => {
    if (linearSchema === null || jiraSchema === null) return;
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
    await vendors.close();
  });

  it("takes one ticket of each from marked to merged, one plan and one implement run each", async () => {
    for (const identifier of ["TALLY-1", "LIN-1", "OPS-1"]) {
      const runs = await runsOf(service, identifier);
      expect(runs.map(({ phase, status }) => [phase, status])).toEqual([
        ["plan", "completed"],
        ["implement", "completed"],
      ]);
    }
  });

  it("§7.1 leaves the markers in Linear: the person's label, the plan's, and the team's completed state", () => {
    const { workspace } = vendors.linear;
    expect(workspace.issue(linearId)).toMatchObject({
      labels: ["AI-Implement", "Plan-Complete", "bug"],
      state: { type: "completed" },
    });
    const markers = ["AI-Planning", "Plan-Complete", "AI-Working", "Ready for Review"];
    const seen = vendors.linear
      .deliveries()
      .map(({ body }) => JSON.parse(body) as { type: string; data: { labels?: { name: string }[] } })
      .filter(({ type }) => type === "Issue")
      .map(({ data }) => (data.labels ?? []).map(({ name }) => name).filter((name) => markers.includes(name)))
      .map((names) => names.sort().join(" + "));
    const distinct = seen.filter((names, index) => names !== seen[index - 1]);
    expect(distinct).toEqual([
      "",
      "AI-Planning",
      "Plan-Complete",
      "AI-Working + Plan-Complete",
      "Plan-Complete + Ready for Review",
      "Plan-Complete",
    ]);
  });

  it("§7.1 moves the Jira status field word by word, and never the workflow status", () => {
    const words = vendors.jira
      .deliveries()
      .map(
        ({ body }) =>
          JSON.parse(body) as { changelog?: { items: { field: string; toString: string | null }[] } },
      )
      .flatMap(({ changelog }) => changelog?.items ?? [])
      .filter(({ field }) => field === jiraStatusField)
      .map((item) => item.toString);
    expect(words).toEqual(["Planning", "Plan Approved", "Implementing", "PR Ready", "Merged"]);
    expect(vendors.jira.site.issue(jiraId)?.status.name).toBe("To Do");
  });

  it("§7.1, §10.3 posts the plan and the link of the pull request once, in each tracker's own format", async () => {
    const inLinear = vendors.linear.workspace.comments(linearId);
    const headings = inLinear.map((body) => body.split("\n")[0]);
    expect(headings).toEqual([
      "## 🏗️ AI Planning: Architecture Analysis",
      "## 🧪 AI Planning: Test Plan",
      "## 🧩 AI Planning: Work Units",
      expect.stringMatching(/pull request.*\[#\d+\]\(/),
    ]);
    const inJira = vendors.jira.site.comments(jiraId).map(textOf);
    expect(inJira).toHaveLength(2);
    expect(inJira[0]).toContain('"type":"heading"');
    expect(inJira[0]).toContain("AI Planning: Architecture Analysis");
    expect(inJira[1]).toMatch(/opened a pull request.*#\d+/);
    const inFolder = (await sidecar(sandbox, "TALLY-1")).comments;
    expect(inFolder).toHaveLength(4);
  });

  it("§9 sent nothing that a vendor's own schema refuses", () => {
    for (const { conformance } of [vendors.linear, vendors.jira]) {
      expect(conformance().violations).toEqual([]);
      expect(conformance().validated).toBeGreaterThan(10);
    }
  });
});
