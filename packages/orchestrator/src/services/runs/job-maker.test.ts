import { jobSchema } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { aProject, aRun, aTicket } from "../../core/testing/builders.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";

const relative = { identifier: "ACME-9", title: "The parent", relation: "parent" } as const;

describe("the job that a claim is answered with (§8.1)", () => {
  const scene = useScene({ projects: [aProject({ budget: { perRunUsd: 2 } })] });
  const make = (run = aRun()) => scene.services.jobs.make(run);

  it("holds ticket, repository, limits, agent and a token that is good for this run's reports", async () => {
    const run = aRun({ settings: { ...aRun().settings, perRunUsd: 2 } });
    const job = jobSchema.parse(await make(run));
    expect(job).toMatchObject({
      runId: run.id,
      phase: "implement",
      ticket: { identifier: "ACME-1", title: run.ticket.title, description: run.ticket.description },
      repository: {
        cloneUrl: "https://forge.example/acme/shop.git",
        slug: "acme/shop",
        defaultBranch: "main",
        branch: run.branch,
        continueBranch: false,
      },
      agent: { kind: "scripted" },
      limits: { maxTurns: 50, maxIterations: 3, maxJobMinutes: 90, perRunUsd: 2 },
    });
    expect(scene.services.tokens.verify("run", job.runToken)).toBe(run.id);
  });

  it("is the same for the same run", async () => {
    expect(await make()).toEqual(await make());
  });

  it("cuts a description of 5 MB and 500 relatives to what the wire takes, and says so (§8.4)", async () => {
    const long = "word ".repeat(1_000_000);
    const relatives = Array.from({ length: 500 }, () => ({ ...relative, title: long, description: long }));
    const ticket = aTicket({ title: long, description: long, relatives });
    const job = jobSchema.parse(await make(aRun({ ticket })));
    expect(job.ticket.relatives).toHaveLength(100);
    expect(job.ticket.description.startsWith("word word")).toBe(true);
    for (const text of [job.ticket.title, job.ticket.description, job.ticket.relatives[99]?.description])
      expect(text).toMatch(/\[cut here: [^\]]+\]$/);
  });

  it("leaves what fits as it is", async () => {
    const description = "d".repeat(300_000);
    const ticket = aTicket({ description, relatives: [relative] });
    expect((await make(aRun({ ticket }))).ticket).toMatchObject({ description, relatives: [relative] });
  });

  it("gives the implement phase the stored plan, and the plan phase none (§10.3)", async () => {
    scene.world.tracker.add(aTicket());
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    expect((await make()).plan).toEqual({ sections: [{ kind: "architecture", body: "One function." }] });
    expect((await make(aRun({ phase: "plan" }))).plan).toBeUndefined();
  });

  it("builds on the branch of an open pull request, and starts afresh after it ended (§12)", async () => {
    scene.world.tracker.add(aTicket());
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    const run = await scene.theRun("implement");
    await scene.work(run);
    expect((await make(run)).repository.continueBranch).toBe(true);
    expect((await make({ ...run, branch: "another" })).repository.continueBranch).toBe(false);
    scene.world.forge.end(1, "closed");
    await scene.poll();
    expect((await make(run)).repository.continueBranch).toBe(false);
  });

  it("comes with the next try when the forge could not be asked: the claim is kept", async () => {
    scene.world.tracker.add(aTicket());
    await scene.poll();
    const run = await scene.theRun("plan");
    scene.world.forge.faults.next("cloneAccess", transient);
    await expect(scene.claim(run)).rejects.toThrow("503");
    expect((await scene.claim(run)).kind).toBe("granted");
  });
});
