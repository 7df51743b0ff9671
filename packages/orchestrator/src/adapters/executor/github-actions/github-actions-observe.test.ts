import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minutes, seconds } from "../../../core/time.ts";
import type { AttemptReference } from "../../../ports/executor.ts";
import { result } from "./testing/a-result.ts";
import {
  type GithubActionsScene,
  githubOpenApi,
  openGithubActionsScene,
  resultArtifact,
  tally,
} from "./testing/github-actions-scene.ts";

const lists = /^GET .*\/actions\/runs$/;
const single = /^GET .*\/actions\/runs\/\d+$/;

describe.skipIf(githubOpenApi === null)("§8.3 an attempt on GitHub Actions", () => {
  let scene: GithubActionsScene;
  let listLagMs = 0;
  beforeEach(async () => {
    listLagMs = 0;
    scene = await openGithubActionsScene({ listLagMs: () => listLagMs });
  });
  afterEach(() => scene.close());

  const observe = (attempt: AttemptReference) => scene.executor.observe(attempt);
  const dispatched = async (change: Partial<AttemptReference> = {}): Promise<AttemptReference> => {
    const attempt = scene.attempt(change);
    return { ...attempt, resource: await scene.executor.dispatch(attempt) };
  };
  const unnamed = (attempt: AttemptReference): AttemptReference => ({ ...attempt, resource: null });

  it("waits in GitHub's queue before it runs", async () => {
    const attempt = await dispatched();
    const { resource } = attempt;
    expect(await observe(attempt)).toEqual({ kind: "running", waits: true, resource });
    scene.emulator.site.setRun(Number(resource?.id), { status: "in_progress" });
    expect(await observe(attempt)).toEqual({ kind: "running", resource });
  });

  it("that was never dispatched is absent, and GitHub is not asked", async () => {
    expect(await observe(scene.attempt({ dispatchStartedAt: null }))).toEqual({ kind: "absent" });
    expect(scene.requests()).toHaveLength(0);
  });

  it("that GitHub does not list is unknown for 3 minutes, and absent then", async () => {
    const attempt = scene.attempt();
    expect((await observe(attempt)).kind).toBe("unknown");
    scene.advance(minutes(3) - seconds(10));
    expect((await observe(attempt)).kind).toBe("unknown");
    scene.advance(seconds(10));
    expect(await observe(attempt)).toEqual({ kind: "absent" });
  });

  it("whose list lags behind is asked for by its name, and unknown without one", async () => {
    listLagMs = minutes(2);
    const attempt = await dispatched();
    expect((await observe(attempt)).kind).toBe("running");
    expect((await observe(unnamed(attempt))).kind).toBe("unknown");
  });

  it("whose run a person deleted is unknown at first, and absent then", async () => {
    const attempt = await dispatched();
    const id = scene.complete("failure");
    const path = `/repos/acme/tally/actions/runs/${id}`;
    await scene.client.write(tally, "work", { method: "DELETE", path, counts: "plain" });
    expect((await observe(attempt)).kind).toBe("unknown");
    scene.advance(minutes(3));
    expect(await observe(attempt)).toEqual({ kind: "absent" });
  });

  it("§8.4 is told from another attempt's run by the run's own name, at once and whatever lists lag", async () => {
    listLagMs = minutes(2);
    const [mine, other] = [await dispatched(), await dispatched()];
    const isMine = (id: string) => scene.executor.isAttempt?.(unnamed(mine), id);
    expect(await isMine(mine.resource?.id ?? "")).toBe(true);
    expect(await isMine(other.resource?.id ?? "")).toBe(false);
    expect(await isMine("404")).toBe(false);
    expect(await scene.executor.isAttempt?.({ ...mine, phase: "revise" }, mine.resource?.id ?? "")).toBe(
      false,
    );
  });

  it("whatever goes wrong, it says that it does not know", async () => {
    const attempt = await dispatched();
    for (const fault of [
      { kind: "server-error" },
      { kind: "reset-after" },
      { kind: "cut-off" },
      { kind: "empty" },
      { kind: "rate-limited", resetMs: 60_000 },
    ] as const) {
      const executor = await scene.restarted();
      scene.emulator.setFaults(({ path }) => (path.includes("/actions/") ? fault : null));
      expect((await executor.observe(attempt)).kind, fault.kind).toBe("unknown");
    }
    scene.emulator.setFaults(() => null);
    scene.emulator.site.uninstall("acme");
    const executor = await scene.restarted();
    expect(await executor.observe(attempt)).toMatchObject({ kind: "unknown" });
  });

  describe("found by its title", () => {
    const byHand = (inputs: Readonly<Record<string, string>>, workflow = "claude-plan.yml") =>
      scene.emulator.site.dispatchByHand(tally, workflow, inputs);
    const titled = (attempt: AttemptReference, change: Readonly<Record<string, string>> = {}) => ({
      attempt: attempt.runId,
      phase: "plan",
      identifier: "ACME-1",
      ...change,
    });

    it("is only a run whose title ends with the whole id", async () => {
      const attempt = scene.attempt();
      const { runId } = attempt;
      await byHand(titled(attempt, { attempt: `${runId} and more` }));
      await byHand(titled(attempt, { attempt: `x${runId}` }));
      await byHand(titled(attempt, { attempt: uuidv7(), identifier: `ACME-1 · ${runId}` }));
      await byHand(titled(attempt, { phase: "implement" }));
      expect((await observe(attempt)).kind).toBe("unknown");
      const id = await byHand(titled(attempt));
      expect(await observe(attempt)).toMatchObject({ kind: "running", resource: { id: String(id) } });
    });

    it("is only a run of its workflow file on the default branch", async () => {
      const attempt = scene.attempt();
      await byHand(titled(attempt), "claude-implement.yml");
      await scene.emulator.site.commit(tally, `AI-Implement plan ${attempt.runId}`.replaceAll(" ", "-"), {});
      const branch = "feature";
      await scene.emulator.site.commit(tally, branch, { "notes.txt": "x\n" });
      const path = "/repos/acme/tally/actions/workflows/claude-plan.yml/dispatches";
      const body = { ref: branch, inputs: titled(attempt) };
      await scene.client.write(tally, "work", { method: "POST", path, body, counts: "workflow-run" });
      expect(scene.emulator.site.workflowRuns()).toHaveLength(2);
      expect((await observe(attempt)).kind).toBe("unknown");
    });

    it("is the oldest of several that were dispatched by accident, and all of them are ended", async () => {
      const attempt = scene.attempt();
      const first = await byHand(titled(attempt));
      const second = await byHand(titled(attempt));
      expect(await observe(attempt)).toMatchObject({ resource: { id: String(first) } });
      await scene.executor.destroy(attempt);
      const runs = scene.emulator.site.workflowRuns();
      expect(runs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
        [first, "cancelled"],
        [second, "cancelled"],
      ]);
    });

    it("is found on any page of the list, whatever was dispatched since", async () => {
      const attempt = scene.attempt();
      const id = await byHand(titled(attempt));
      for (let count = 0; count < 230; count += 1)
        await byHand(titled(attempt, { attempt: uuidv7() }), "claude-implement.yml");
      expect(await observe(attempt)).toMatchObject({ resource: { id: String(id) } });
      expect(scene.requests(lists).map(({ query }) => query["page"] ?? "1")).toEqual(["1", "2", "3"]);
    });
  });

  describe("among others that are asked about at the same time", () => {
    it("shares one list with them", async () => {
      const attempts = await Promise.all(Array.from({ length: 20 }, () => dispatched()));
      const found = await Promise.all(
        attempts.map((attempt, index) => observe(index % 2 === 0 ? attempt : unnamed(attempt))),
      );
      expect(found.map((each) => (each.kind === "running" ? each.resource : null))).toEqual(
        attempts.map(({ resource }) => resource),
      );
      expect(scene.requests(lists)).toHaveLength(1);
      expect(scene.requests(lists)[0]?.query).toEqual({ event: "workflow_dispatch", per_page: "100" });
      expect(scene.requests(single)).toHaveLength(0);
    });

    it("is asked for by its name where it is not on the list", async () => {
      const early = await dispatched();
      listLagMs = minutes(2);
      const late = await dispatched();
      const found = await Promise.all([observe(early), observe(late)]);
      expect(found.map(({ kind }) => kind)).toEqual(["running", "running"]);
      expect(scene.requests(lists)).toHaveLength(1);
      expect(scene.requests(single)).toHaveLength(1);
    });
  });

  describe("that has ended", () => {
    it("tells the report and the steps that it left, whatever its conclusion", async () => {
      for (const conclusion of ["success", "failure", "cancelled"] as const) {
        const attempt = await dispatched();
        scene.complete(conclusion, result);
        expect(await observe(attempt)).toMatchObject({
          kind: "exited",
          report: result.report,
          steps: result.steps,
          resource: attempt.resource,
        });
      }
    });

    it.each([
      ["success", "succeeded"],
      ["failure", "ended in failure"],
      ["cancelled", "was cancelled"],
      ["timed_out", "took longer than its job may"],
    ] as const)("without a result, by %s, says so and where to look", async (conclusion, words) => {
      const attempt = await dispatched();
      scene.complete(conclusion);
      const observation = await observe(attempt);
      expect(observation).toMatchObject({ kind: "exited", report: null });
      const detail = observation.kind === "exited" ? observation.detail : "";
      expect(detail).toContain(words);
      expect(detail).toContain(attempt.resource?.url);
    });

    it("with a result that is none says what is wrong with it", async () => {
      for (const left of [{}, "text", { ...result, report: { outcome: "implemented" } }]) {
        const attempt = await dispatched();
        scene.complete("success", left);
        const observation = await observe(attempt);
        expect(observation).toMatchObject({ kind: "exited", report: null });
        expect(observation.kind === "exited" && observation.detail).toContain("result.json is not a result");
      }
    });

    it("with another artifact, or another file in it, has no result", async () => {
      const attempt = await dispatched();
      const id = Number(attempt.resource?.id);
      scene.emulator.site.addArtifact(id, "something", { "result.json": JSON.stringify(result) });
      scene.emulator.site.addArtifact(id, resultArtifact, { "a/result.json": JSON.stringify(result) });
      scene.complete("success");
      const observation = await observe(attempt);
      expect(observation.kind === "exited" && observation.detail).toContain("it holds no result.json");
    });

    it("whose result GitHub cannot hand out now is not a lost run", async () => {
      const attempt = await dispatched();
      scene.complete("success", result);
      for (const part of ["/artifacts", "/zip", "/_artifacts/"]) {
        const executor = await scene.restarted();
        scene.emulator.setFaults(({ path }) => (path.includes(part) ? { kind: "server-error" } : null));
        expect(await executor.observe(attempt), part).toMatchObject({ kind: "unknown" });
      }
      scene.emulator.setFaults(() => null);
      expect((await (await scene.restarted()).observe(attempt)).kind).toBe("exited");
    });
  });

  describe("that is destroyed", () => {
    it("is cancelled", async () => {
      const attempt = await dispatched();
      await scene.executor.destroy(attempt);
      expect(scene.emulator.site.workflowRuns()[0]?.conclusion).toBe("cancelled");
    });

    it("is looked for where its name is not known, until GitHub would show it", async () => {
      listLagMs = minutes(1);
      const attempt = scene.attempt();
      await scene.executor.dispatch(attempt);
      await expect(scene.executor.destroy(attempt)).rejects.toMatchObject({ retryable: true });
      expect(scene.emulator.site.workflowRuns()[0]?.status).toBe("queued");
    });

    it("twice, or after it has ended or is gone, is success", async () => {
      const attempt = await dispatched();
      await scene.executor.destroy(attempt);
      await scene.executor.destroy(attempt);
      await scene.executor.destroy({ ...attempt, resource: { id: "987654" } });
      const never = scene.attempt({ dispatchStartedAt: null });
      await scene.executor.destroy(never);
      const gone = scene.attempt();
      scene.advance(minutes(3));
      await scene.executor.destroy(gone);
    });
  });
});
