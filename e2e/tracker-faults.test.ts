import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import type { Project } from "@ai-implement/orchestrator/core/project.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InProcess, startInProcess } from "./support/in-process.ts";
import { randomFaults } from "./support/random-faults.ts";
import { eventually } from "./support/service.ts";
import { jiraRepoField, jiraStatusField, startVendors, type Vendors } from "./support/vendors.ts";

const linearSchema = vendorSchema("linear.schema.graphql");
const jiraSchema = vendorSchema("jira.openapi.json");

/** `npm run tracker-storm` sets both; without it the storm is a short one. */
const perVendor = Number(process.env["AI_IMPLEMENT_STORM_TICKETS"] ?? 25);
const seed = Number(process.env["AI_IMPLEMENT_STORM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const share = 0.3;
const minutesForEach100 = 4;

const projects: readonly Project[] = [
  aProject({ key: "LIN", ticketing: { kind: "linear" }, maxInProgress: perVendor }),
  aProject({
    key: "OPS",
    ticketing: { kind: "jira", jql: "project = OPS", repoFieldValue: "acme/web" },
    maxInProgress: perVendor,
  }),
];

const timeoutMs = Math.max(1, perVendor / 100) * minutesForEach100 * 60_000;

/** The vendors' own ids of the tickets. */
const markTickets = ({ linear, jira }: Vendors) => {
  linear.workspace.addTeam({ key: "LIN" });
  jira.site.addProject({ key: "OPS" });
  jira.site.addField({ name: jiraRepoField, type: "text" });
  const titles = Array.from({ length: perVendor }, (_, index) => `Change ${index + 1}`);
  const fields = { [jiraStatusField]: "Ready", [jiraRepoField]: "acme/web" };
  return {
    linearIds: titles.map(
      (title) => linear.workspace.addIssue({ teamKey: "LIN", title, labels: ["AI-Implement"] }).id,
    ),
    jiraIds: titles.map((summary) => jira.site.addIssue({ projectKey: "OPS", summary, fields }).id),
  };
};

describe.skipIf(linearSchema === null || jiraSchema === null)(
  `${2 * perVendor} tickets through a storm (§1, §7.2, §9)`,
  () => {
    let folder: string;
    let vendors: Vendors;
    let service: InProcess;
    let tickets: ReturnType<typeof markTickets>;

    beforeEach(async () => {
      if (linearSchema === null || jiraSchema === null) return;
      folder = await mkdtemp(join(tmpdir(), "ai-implement-storm-"));
      vendors = await startVendors({ linearSchema, jiraSchema, searchLagMs: 300 });
      tickets = markTickets(vendors);
      vendors.linear.setFaults(randomFaults(seed, share));
      vendors.jira.setFaults(randomFaults(seed + 1, share));
      service = await startInProcess(vendors, folder, projects);
    });
    afterEach(async () => {
      await service.close();
      await vendors.close();
      await rm(folder, { recursive: true, force: true });
    });

    const allMerged = ({ linear, jira }: Vendors): boolean =>
      tickets.linearIds.every((id) => linear.workspace.issue(id)?.state.type === "completed") &&
      tickets.jiraIds.every((id) => jira.site.issue(id)?.fields[jiraStatusField] === "Merged");

    it(`30 % of all requests fail: every ticket ends merged, each comment stands once, no reset is run over (seed ${seed})`, {
      timeout: timeoutMs + 20_000,
    }, async () => {
      await eventually(
        "every ticket shows its merge",
        async () => {
          await service.poll();
          await service.stepRunners();
          service.mergeAll();
          return allMerged(vendors) && (await service.store.effects.nextDue()) === null;
        },
        { timeoutMs, everyMs: 200 },
      );

      const { linear, jira } = vendors;
      for (const id of tickets.linearIds) {
        expect(linear.workspace.issue(id)?.labels).toEqual(["AI-Implement", "Plan-Complete"]);
        expectEachOnce(linear.workspace.comments(id));
      }
      for (const id of tickets.jiraIds)
        expectEachOnce(jira.site.comments(id).map((body) => JSON.stringify(body)));
      expect(linear.requests().filter(({ early }) => early)).toEqual([]);
      expect(jira.requests().filter(({ early }) => early)).toEqual([]);

      const { items } = await service.store.listRuns({ limit: 4 * perVendor + 1 });
      expect(items.map(({ run }) => run.state)).toEqual(new Array(4 * perVendor).fill("succeeded"));
    });
  },
);

/** Two sections of the plan, and the link of the pull request. */
const expectEachOnce = (bodies: readonly string[]): void => {
  expect(bodies).toHaveLength(3);
  expect(new Set(bodies).size).toBe(3);
};
