import { jobSchema } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { aRunId, aTicket } from "../../core/testing/builders.ts";
import { aFailedReport, aPlannedReport } from "../../core/testing/reports.ts";
import { hours } from "../../core/time.ts";
import { instanceOf, useScene } from "../testing/scene.ts";

const first = instanceOf(1);
const second = instanceOf(2);
const ticket = aTicket();

describe("what a runner can ask of us (§8.1, §10)", () => {
  const scene = useScene();
  const dispatched = async (): Promise<Run> => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    return scene.theRun("plan");
  };
  const progress = (run: Run, instance = first) =>
    scene.services.runnerGateway.progress(scene.services.tokens.issue("run", run.id), {
      instance,
      steps: [{ index: 0, name: "clone", status: "running", startedAt: "2026-11-22T09:00:00.000Z" }],
      activity: "Reading src/price.ts",
    });
  const details = async (run: Run) => {
    const found = await scene.store.runDetails(run.id);
    if (found === null) throw new Error("The run is gone.");
    return found;
  };

  it("gives the job to the first that claims, and to nobody else", async () => {
    const run = await dispatched();
    const granted = await scene.claim(run, first);
    if (granted.kind !== "granted") throw new Error(granted.kind);
    expect(jobSchema.parse(granted.job)).toMatchObject({ runId: run.id, phase: "plan" });
    expect(await scene.claim(run, second)).toEqual({ kind: "already-claimed" });
    expect(await scene.theRun("plan")).toMatchObject({ state: "running", claimedBy: first });
  });

  it("gives the same runner the same job again: the first answer may have been lost", async () => {
    const run = await dispatched();
    const before = await scene.claim(run, first);
    await scene.restart();
    expect(await scene.claim(run, first)).toEqual(before);
  });

  it("grants one of several claims that come at the same time", async () => {
    const run = await dispatched();
    const answers = await Promise.all([1, 2, 3].map((n) => scene.claim(run, instanceOf(n))));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(["already-claimed", "already-claimed", "granted"]);
  });

  it("lets only the bearer of this run's claim token claim it", async () => {
    const run = await dispatched();
    const { runnerGateway: gateway, tokens } = scene.services;
    const request = { runId: run.id, instance: first };
    for (const bearer of ["", "nonsense", tokens.issue("run", run.id), tokens.issue("claim", aRunId(2))])
      expect(await gateway.claim(bearer, request)).toEqual({ kind: "unauthorised" });
    expect((await scene.theRun("plan")).claimedBy).toBeUndefined();
  });

  it("closes the door of a run that has ended, and of one that never was", async () => {
    const run = await dispatched();
    await scene.services.operator.cancel(ticket.id);
    expect(await scene.claim(run)).toEqual({ kind: "closed" });
    expect(await scene.claim({ ...run, id: aRunId(404) })).toEqual({ kind: "closed" });
  });

  it("keeps steps and activity, and the time of the heartbeat", async () => {
    const run = await dispatched();
    await scene.claim(run);
    scene.world.clock.pass(30_000);
    expect(await progress(run)).toEqual({ kind: "accepted", stop: false });
    expect(await details(run)).toMatchObject({
      run: { heartbeatAt: scene.world.clock.now() },
      steps: [{ name: "clone", status: "running" }],
      activity: "Reading src/price.ts",
    });
  });

  it("tells a runner to stop once its run was cancelled", async () => {
    const run = await dispatched();
    await scene.claim(run);
    await scene.services.operator.cancel(ticket.id);
    expect(await progress(run)).toEqual({ kind: "accepted", stop: true });
  });

  it("lets no runner rewrite the account of its run once that has ended (§15)", async () => {
    const run = await dispatched();
    await scene.claim(run);
    await progress(run);
    await scene.services.operator.cancel(ticket.id);
    const before = await details(run);
    const forged = {
      index: 0,
      name: "forged",
      status: "succeeded",
      startedAt: "2026-11-22T09:00:00Z",
    } as const;
    const bearer = scene.services.tokens.issue("run", run.id);
    const { runnerGateway } = scene.services;
    const late = { instance: first, steps: [forged], activity: "forged" };
    expect(await runnerGateway.progress(bearer, late)).toEqual({ kind: "accepted", stop: true });
    expect(
      await runnerGateway.result(bearer, { instance: first, report: aPlannedReport(), steps: [forged] }),
    ).toEqual({ kind: "closed" });
    const { steps, activity } = before;
    expect(await details(run)).toMatchObject({ steps, activity });
  });

  it("hears nobody but the claimant", async () => {
    const run = await dispatched();
    await scene.claim(run, first);
    expect(await progress(run, second)).toEqual({ kind: "not-the-claimant" });
    expect(await scene.report(run, aPlannedReport(), second)).toEqual({ kind: "not-the-claimant" });
    const claimToken = scene.services.tokens.issue("claim", run.id);
    const body = { instance: first, steps: [] };
    expect(await scene.services.runnerGateway.progress(claimToken, body)).toEqual({ kind: "unauthorised" });
    expect(
      await scene.services.runnerGateway.result(claimToken, { ...body, report: aPlannedReport() }),
    ).toEqual({
      kind: "unauthorised",
    });
    expect((await details(run)).steps).toEqual([]);
  });

  it("answers the same result the same way again, and refuses a different one", async () => {
    const run = await dispatched();
    await scene.claim(run);
    expect(await scene.report(run, aPlannedReport())).toEqual({ kind: "accepted" });
    expect(await scene.report(run, aPlannedReport())).toEqual({ kind: "accepted" });
    expect(await scene.report(run, aFailedReport())).toEqual({ kind: "closed" });
    expect(await scene.theRun("plan")).toMatchObject({ state: "succeeded" });
    expect(scene.world.tracker.comments).toHaveLength(1);
  });

  it("answers the same result the same way again where it is stored in other words: masked, or -0 as 0", async () => {
    const run = await dispatched();
    await scene.claim(run);
    const usage = {
      inputTokens: -0,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: -0,
      turns: 1,
    };
    const body = "AKIAIOSFODNN7EXAMPLEsk-ant-abcdefgh1\0 \ud800";
    const report = { ...aPlannedReport([{ kind: "tests", body }]), usage };
    expect(await scene.report(run, report)).toEqual({ kind: "accepted" });
    expect(await scene.report(run, report)).toEqual({ kind: "accepted" });
    expect(JSON.stringify(await scene.theRun("plan"))).not.toContain("sk-ant");
  });

  it("accepts the same result that is sent twice at the same time", async () => {
    const run = await dispatched();
    await scene.claim(run);
    const answers = await Promise.all([scene.report(run), scene.report(run)]);
    expect(answers).toEqual([{ kind: "accepted" }, { kind: "accepted" }]);
  });

  it("accepts a result that was found beside the attempt before it was sent (§8.4)", async () => {
    const run = await dispatched();
    await scene.claim(run);
    Object.assign(scene.world.executor.machineOf(run.id), { exited: true, report: aPlannedReport() });
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("succeeded");
    expect(await scene.report(run, aPlannedReport())).toEqual({ kind: "accepted" });
    expect(await scene.report(run, aFailedReport())).toEqual({ kind: "closed" });
  });

  it("records a late result for a run that was timed out, and changes nothing (§15)", async () => {
    const run = await dispatched();
    await scene.claim(run);
    scene.world.clock.pass(hours(2));
    await scene.poll();
    const before = await scene.theRun("plan");
    expect(before.state).toBe("timed_out");
    expect(await scene.report(run)).toEqual({ kind: "closed" });
    expect(await scene.store.findRun(run.id)).toMatchObject({ value: before });
    expect(await scene.store.findPlan(ticket.id)).toBeNull();
    expect((await details(run)).history.at(-1)).toMatchObject({ event: "reported", applied: false });
  });
});
