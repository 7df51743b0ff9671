import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import type { Run } from "@ai-implement/orchestrator/core/run.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InProcess, startInProcess } from "./support/in-process.ts";
import { eventually } from "./support/service.ts";
import { jiraRepoField, jiraStatusField, startVendors, type Vendors } from "./support/vendors.ts";

const linearSchema = vendorSchema("linear.schema.graphql");
const jiraSchema = vendorSchema("jira.openapi.json");

/** One marked ticket, and what a person may do to it while a run is active. */
interface Hands {
  readonly id: string;
  unmark(): void;
  close(): void;
  rename(title: string): void;
  /** To a team or project that is mapped as well. */
  move(): void;
  comments(): readonly string[];
}

const inLinear = ({ linear: { workspace } }: Vendors): Hands => {
  const { id } = workspace.addIssue({ teamKey: "LIN", title: "First words", labels: ["AI-Implement"] });
  return {
    id: `linear:${id}`,
    unmark: () => workspace.unlabel(id, ["AI-Implement"]),
    close: () => workspace.moveToState(id, "canceled"),
    rename: (title) => workspace.edit(id, { title }),
    move: () => workspace.moveToTeam(id, "NEW"),
    comments: () => workspace.comments(id),
  };
};

const inJira = ({ jira: { site } }: Vendors): Hands => {
  const fields = { [jiraStatusField]: "Ready", [jiraRepoField]: "acme/ops" };
  const { id } = site.addIssue({ projectKey: "OPS", summary: "First words", fields });
  return {
    id: `jira:${id}`,
    unmark: () => site.setField(id, jiraStatusField, null),
    close: () => site.setStatus(id, "Done", "Won't Do"),
    rename: (summary) => site.edit(id, { summary }),
    move: () => {
      site.moveToProject(id, "NEW");
      site.setField(id, jiraRepoField, "acme/new");
    },
    comments: () => site.comments(id).map((body) => JSON.stringify(body)),
  };
};

const jiraProject = (key: string) =>
  aProject({
    key: `${key}-JIRA`,
    ticketing: { kind: "jira", jql: `project = ${key}`, repoFieldValue: `acme/${key.toLowerCase()}` },
  });

const projects = [
  aProject({ key: "LIN", ticketing: { kind: "linear" } }),
  aProject({ key: "NEW", ticketing: { kind: "linear" } }),
  jiraProject("OPS"),
  jiraProject("NEW"),
];

describe.skipIf(linearSchema === null || jiraSchema === null).each([
  ["Linear", inLinear, "NEW"],
  ["Jira", inJira, "NEW-JIRA"],
] as const)("§7.1 while its run is active, a ticket in %s that a person", (_, place, movedTo) => {
  let folder: string;
  let vendors: Vendors;
  let service: InProcess;
  let ticket: Hands;

  const runs = async (): Promise<readonly Run[]> => {
    const { items } = await service.store.listRuns({ limit: 100 });
    const found = await Promise.all(items.map(({ run }) => service.store.findRun(run.id)));
    return found.flatMap((run) => run?.value ?? []).reverse();
  };
  const delivered = (): Promise<void> =>
    eventually("all is delivered", async () => (await service.store.effects.nextDue()) === null);
  const workUntil = async (phase: Run["phase"], state: Run["state"]): Promise<Run> => {
    let reached: Run | undefined;
    await eventually(`the ${phase} run is ${state}`, async () => {
      await service.poll();
      reached = (await runs()).find((run) => run.phase === phase && run.state === state);
      if (reached === undefined) await service.stepRunners();
      return reached !== undefined;
    });
    if (reached === undefined) throw new Error(`There is no ${phase} run that is ${state}.`);
    return reached;
  };

  beforeEach(async () => {
    if (linearSchema === null || jiraSchema === null) return;
    folder = await mkdtemp(join(tmpdir(), "ai-implement-edits-"));
    vendors = await startVendors({ linearSchema, jiraSchema });
    for (const key of ["LIN", "NEW"]) vendors.linear.workspace.addTeam({ key });
    for (const key of ["OPS", "NEW"]) vendors.jira.site.addProject({ key });
    vendors.jira.site.addField({ name: jiraRepoField, type: "text" });
    service = await startInProcess(vendors, folder, projects);
    ticket = place(vendors);
    await workUntil("plan", "running");
    await delivered();
  });
  afterEach(async () => {
    await service.close();
    await vendors.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(["unmark", "close"] as const)(
    "does this to: %s, has its run cancelled, and says so",
    async (edit) => {
      ticket[edit]();
      await service.poll();
      await delivered();
      expect((await runs()).map(({ phase, state }) => [phase, state])).toEqual([["plan", "cancelled"]]);
      expect(ticket.comments()).toHaveLength(1);
      expect(ticket.comments()[0]).toContain("stopped the running plan phase");
      await service.poll();
      expect(await runs()).toHaveLength(1);
    },
  );

  it("moves to another team or project is followed: the run goes on, the next one belongs to the new place", async () => {
    ticket.move();
    const planned = await workUntil("plan", "succeeded");
    const next = await workUntil("implement", "running");
    expect(next.ticket.id).toBe(planned.ticket.id);
    expect(next.projectKey).toBe(movedTo);
    expect(await runs()).toHaveLength(2);
  });

  it("edits is passed to the next phase as it is then", async () => {
    ticket.rename("Second words");
    await workUntil("plan", "succeeded");
    const next = await workUntil("implement", "running");
    expect(next.ticket.title).toBe("Second words");
  });
});
