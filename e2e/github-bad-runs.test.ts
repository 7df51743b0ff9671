import { randomUUID } from "node:crypto";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { aPlannedReport } from "@ai-implement/orchestrator/core/testing/reports.ts";
import { hours, minutes } from "@ai-implement/orchestrator/core/time.ts";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { beginWork, claim, implemented, newestRun, post, work } from "./support/bad-input/jobs.ts";
import {
  type BadInputWorld,
  dispatched,
  failedForGood,
  openBadInputWorld,
  readOpenApi,
  type WorldOptions,
} from "./support/bad-input/world.ts";
import { tally } from "./support/github.ts";

const schema = vendorSchema("github.openapi.json");
const artifact = "ai-implement-result";
const branch = "ai-implement/acme-1-say-hello";

describe.skipIf(schema === null)("bad input on GitHub: runs that go wrong (§8.1, §8.4, §15)", () => {
  let openApi: unknown;
  let world: BadInputWorld;
  beforeAll(async () => {
    openApi = await readOpenApi(schema ?? "");
  });
  afterEach(() => world.close());

  const begun = async (options: WorldOptions = {}): Promise<void> => {
    world = await openBadInputWorld(openApi, options);
    world.mark();
    await dispatched(world);
  };
  const workflowRuns = () => world.emulator.site.workflowRuns();
  const end = (
    conclusion: "success" | "failure" | "cancelled",
    left?: Readonly<Record<string, string>>,
  ): void => {
    const { site } = world.emulator;
    const { id } = newestRun(site);
    if (left !== undefined) site.addArtifact(id, artifact, left);
    site.setRun(id, { status: "completed", conclusion });
  };

  it("a person who starts the workflow with the attempt of a live run gets nothing, and disturbs nothing (§8.1)", async () => {
    await begun();
    const { site } = world.emulator;
    const ours = newestRun(site);
    const id = await site.dispatchByHand(tally, "claude-implement.yml", ours.inputs);
    const byHand = workflowRuns().find((run) => run.id === id) ?? ours;
    expect(await claim(world, byHand)).toMatchObject({ status: 401, body: { error: "unauthorised" } });
    const forged = await implemented(site, { instance: randomUUID(), job: { repository: { branch } } });
    site.addArtifact(id, artifact, { "result.json": JSON.stringify(forged) });
    site.setRun(id, { status: "completed", conclusion: "success" });
    for (let looks = 0; looks < 2; looks += 1) await world.poll();
    expect(await world.run()).toMatchObject({ state: "dispatching", resource: { id: String(ours.id) } });
    expect(await claim(world, ours)).toMatchObject({ status: 200 });
    expect(await claim(world, byHand)).toMatchObject({ status: 401 });
    expect(await world.runs()).toHaveLength(1);
  });

  it.each([
    { when: "before it was claimed", hasCallbacks: true, isClaimed: false },
    { when: "while it works", hasCallbacks: true, isClaimed: true },
    { when: "without callbacks", hasCallbacks: false, isClaimed: false },
  ])("a workflow run that a person cancels on GitHub $when is not started again", async (given) => {
    await begun({ hasCallbacks: given.hasCallbacks });
    if (given.isClaimed) await beginWork(world);
    end("cancelled");
    await world.until("the ticket is held", async () => {
      const { decision } = await world.seen();
      return decision?.reason === "dedup" && (await world.waiting()).length === 0;
    });
    expect(await world.run()).toMatchObject({ state: "cancelled" });
    expect(await world.seen()).toMatchObject({
      stage: "marked",
      comments: [
        expect.stringMatching(/stopped the running implement phase because it was cancelled where it ran/),
      ],
    });
    world.pass(hours(1));
    await world.poll();
    expect(workflowRuns()).toHaveLength(1);

    world.service.tracker.mark("linear:ACME-1", false);
    await world.poll();
    world.service.tracker.mark("linear:ACME-1", true);
    await world.until("it is begun again", () => workflowRuns().length === 2);
  });

  it("a run that falls silent is given up and cancelled, tried again, and its late result changes nothing (§15)", async () => {
    await begun();
    const late = await beginWork(world);
    world.pass(minutes(11));
    await world.until("it is given up", async () => (await world.run()).state === "timed_out");
    expect((await world.run()).failure).toMatchObject({ reason: "machine-lost" });
    await world.until("it is cancelled", () => newestRun(world.emulator.site).conclusion === "cancelled");
    expect((await world.seen()).comments).toEqual([]);
    const result = await implemented(world.emulator.site, late);
    expect((await post(world.service, "/runner/result", late.job.runToken, result)).status).toBe(409);
    await world.untilInTime("it is tried again", () => workflowRuns().length === 2);
    await dispatched(world);
    await work(world);
    await world.until("it has succeeded", async () => (await world.run()).state === "succeeded");
    expect((await world.runs()).map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "timed_out"],
      [2, "succeeded"],
    ]);
    expect(world.emulator.site.pullRequests(tally)).toHaveLength(1);
  });

  it("a run that takes longer than it may is cancelled, and the ticket says which setting that is (§15)", async () => {
    await begun({ hasCallbacks: false });
    const { site } = world.emulator;
    site.setRun(newestRun(site).id, { status: "in_progress" });
    await world.until("it works", async () => (await world.run()).state === "running");
    world.pass(minutes(96));
    await failedForGood(
      world,
      "out-of-time",
      /longer than the 90 minutes that its project allows \(maxJobMinutes\)/,
    );
    expect(await world.run()).toMatchObject({ state: "timed_out" });
    expect(newestRun(site).conclusion).toBe("cancelled");
    expect(workflowRuns()).toHaveLength(1);
  });

  const otherPhase = JSON.stringify({ instance: randomUUID(), steps: [], report: aPlannedReport() });

  describe.each([
    {
      what: "a zip bomb",
      left: { "result.json": "0".repeat(40_000_000) },
      words: /larger than 4194304 bytes/,
    },
    { what: "no JSON", left: { "result.json": "<html>" }, words: /result\.json is not JSON/ },
    { what: "no result", left: { "result.json": '{"report":1}' }, words: /result\.json is not a result/ },
    { what: "another file", left: { "notes.txt": "Done." }, words: /holds no result\.json/ },
    { what: "a result of another phase", left: { "result.json": otherPhase }, words: /reported "planned"/ },
  ])("an artifact that is $what", ({ left, words }) => {
    it.each([true, false])(
      "fails the run at once: the same money again would buy the same (callbacks: %s)",
      async (hasCallbacks) => {
        await begun({ hasCallbacks });
        end("success", left);
        await failedForGood(world, "invalid-result", words);
        expect(workflowRuns()).toHaveLength(1);
        expect(world.emulator.site.pullRequests(tally)).toEqual([]);
      },
    );
  });

  it("an artifact of another runner than the one that has claimed is not believed (§8.1)", async () => {
    await begun();
    const { job } = await beginWork(world);
    const foreign = await implemented(world.emulator.site, { job, instance: randomUUID() });
    end("success", { "result.json": JSON.stringify(foreign) });
    await failedForGood(world, "invalid-result", /left the result of another runner than its own/);
    expect(world.emulator.site.pullRequests(tally)).toEqual([]);
  });

  it("an artifact about another ticket's branch is not believed", async () => {
    await begun({ hasCallbacks: false });
    const job = { repository: { branch: "ai-implement/acme-2-other" } };
    const foreign = await implemented(world.emulator.site, { job, instance: randomUUID() });
    end("success", { "result.json": JSON.stringify(foreign) });
    await failedForGood(world, "invalid-result", /pushed the branch "ai-implement\/acme-2-other" instead of/);
    expect(world.emulator.site.pullRequests(tally)).toEqual([]);
  });

  it("an artifact whose answer never reached us counts: the work is published once (§8.4)", async () => {
    await begun();
    const mine = await beginWork(world);
    const result = await implemented(world.emulator.site, mine);
    end("failure", { "result.json": JSON.stringify(result) });
    await world.until("it has succeeded", async () => (await world.run()).state === "succeeded");
    expect((await post(world.service, "/runner/result", mine.job.runToken, result)).status).toBe(200);
    for (let looks = 0; looks < 2; looks += 1) await world.poll();
    expect(world.emulator.site.pullRequests(tally)).toHaveLength(1);
  });

  it("no artifact and no word: three tries with growing waits, then the ticket is parked with one comment (§15)", async () => {
    await begun();
    for (const tries of [1, 2, 3]) {
      await world.untilInTime(`try ${tries} is with GitHub`, async () => {
        const run = await world.run();
        return run.tryNumber === tries && run.dispatchedAt !== undefined;
      });
      end("failure");
    }
    await failedForGood(world, "machine-lost", /workflow run ended in failure, and it left no artifact/);
    world.pass(hours(2));
    await world.poll();
    expect(workflowRuns()).toHaveLength(3);
  });
});
