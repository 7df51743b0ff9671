import { describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { minutes, seconds } from "../../core/time.ts";
import { hang, lostAnswer, refusal, transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { createWorld } from "../testing/world.ts";

const ticket = aTicket();
const theStages = (scene: ReturnType<typeof useScene>) =>
  scene.world.tracker.stages.map(({ stage }) => stage);

describe("delivering a dispatch (§8.1, §8.3, §9)", () => {
  const scene = useScene();
  const dispatchOne = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    return scene.theRun("plan");
  };

  it("hands over a reference and a way to prove itself, never the content", async () => {
    const { id } = await dispatchOne();
    const { executor } = scene.world;
    expect(executor.machines).toMatchObject([
      {
        runId: id,
        phase: "plan",
        orchestratorUrl: "http://127.0.0.1:8080",
        claimToken: scene.services.tokens.issue("claim", id),
        exited: false,
        report: null,
      },
    ]);
    expect(executor.requests).toEqual([`dispatch ${id}`]);
    expect(await scene.theRun("plan")).toMatchObject({
      state: "dispatching",
      dispatchedAt: scene.world.clock.now(),
    });
  });

  it("looks before it repeats: what was started and never answered is adopted", async () => {
    scene.world.executor.faults.next("dispatch", lostAnswer);
    const { id } = await dispatchOne();
    expect((await scene.theRun("plan")).dispatchedAt).toBeUndefined();
    await scene.pass(seconds(2));
    expect(scene.world.executor.requests).toEqual([`dispatch ${id}`, `observe ${id}`]);
    expect(scene.world.executor.started).toEqual([id]);
    expect((await scene.theRun("plan")).dispatchedAt).toBe(scene.world.clock.now());
  });

  it("repeats what the executor says it does not have", async () => {
    scene.world.executor.faults.next("dispatch", transient);
    const { id } = await dispatchOne();
    await scene.pass(seconds(2));
    expect(scene.world.executor.requests).toEqual([`dispatch ${id}`, `observe ${id}`, `dispatch ${id}`]);
    expect(scene.world.executor.started).toEqual([id]);
  });

  it("does not start again what has ended by the time it looks: that is a try of its own", async () => {
    scene.world.executor.faults.next("dispatch", lostAnswer);
    const { id } = await dispatchOne();
    scene.world.executor.machineOf(id).exited = true;
    await scene.pass(seconds(2));
    expect(scene.world.executor.started).toEqual([id]);
    await scene.poll();
    expect(await scene.theRun("plan")).toMatchObject({ attempt: 1, failure: { reason: "machine-lost" } });
  });

  it("takes unknown for unknown, not for absent: it starts nothing until it can tell", async () => {
    scene.world.executor.faults.next("dispatch", lostAnswer);
    scene.world.executor.faults.always("observe", transient);
    const { id } = await dispatchOne();
    for (let tries = 0; tries < 5; tries += 1) await scene.pass(minutes(5));
    expect(scene.world.executor.started).toEqual([id]);
    scene.world.executor.faults.always("observe", null);
    await scene.pass(minutes(5));
    expect(scene.world.executor.started).toEqual([id]);
    expect((await scene.theRun("plan")).dispatchedAt).toBe(scene.world.clock.now());
  });

  it("never dispatches a run that was cancelled while its dispatch waited", async () => {
    scene.world.executor.faults.next("dispatch", transient);
    const { id } = await dispatchOne();
    await scene.services.operator.cancel(ticket.id);
    await scene.pass(minutes(1));
    expect(scene.world.executor.started).toEqual([]);
    expect(scene.world.executor.requests).toEqual([`dispatch ${id}`, `destroy ${id}`]);
    expect(await scene.store.effects.nextDue()).toBeNull();
  });

  it("does not start again what was claimed before its dispatch was answered", async () => {
    scene.world.executor.faults.next("dispatch", lostAnswer);
    const run = await dispatchOne();
    await scene.claim(run);
    await scene.pass(seconds(2));
    expect(scene.world.executor.requests).toEqual([`dispatch ${run.id}`]);
    expect(await scene.store.effects.nextDue()).toBeNull();
  });

  it("fails the run with a reason that the ticket shows when the executor refuses it for good", async () => {
    scene.world.executor.faults.next("dispatch", refusal);
    const { id } = await dispatchOne();
    expect(await scene.theRun("plan")).toMatchObject({
      state: "failed",
      failure: { reason: "dispatch-refused", message: "the process executor answers 422" },
    });
    expect(theStages(scene)).toEqual(["planning", "planning-failed"]);
    expect(scene.world.tracker.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining("the process executor answers 422"),
    ]);
    expect(scene.world.executor.requests).toEqual([`dispatch ${id}`, `destroy ${id}`]);
  });

  it("is not held up by a tracker that hangs", async () => {
    scene.world.tracker.faults.always("apply", hang);
    const { id } = await dispatchOne();
    expect(scene.world.executor.started).toEqual([id]);
  });
});

describe("delivering what a run wants written (§7.1, §9, §12)", () => {
  const scene = useScene();
  const implementing = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    return scene.theRun("implement");
  };

  it("shows each stage in order and says everything once", async () => {
    await scene.work(await implementing());
    expect(theStages(scene)).toEqual(["planning", "plan-complete", "implementing", "pr-open"]);
    expect(scene.world.tracker.comments).toHaveLength(2);
    expect(scene.world.forge.pullRequests).toMatchObject([{ number: 1, state: "open", draft: false }]);
  });

  it("destroys the resource of a run that has ended", async () => {
    const run = await implementing();
    await scene.work(run);
    expect(scene.world.executor.machines).toEqual([]);
    expect(scene.world.executor.requests.at(-1)).toBe(`destroy ${run.id}`);
  });

  it("repeats a comment whose answer was lost under the same key, so that it stands there once", async () => {
    const run = await implementing();
    scene.world.tracker.faults.next("apply", lostAnswer, lostAnswer);
    await scene.work(run);
    for (let tries = 0; tries < 3; tries += 1) await scene.pass(minutes(1));
    const { arrivals, contradictions, stages } = scene.world.tracker;
    expect(arrivals.filter((key) => key === `stage:${run.id}:pr-open`)).toHaveLength(3);
    expect(stages.filter(({ stage }) => stage === "pr-open")).toHaveLength(1);
    expect(contradictions).toEqual([]);
  });

  it("opens one pull request although its answer was lost, and records it with the run", async () => {
    const run = await implementing();
    scene.world.forge.faults.next("publish", lostAnswer);
    await scene.work(run);
    expect((await scene.theRun("implement")).state).toBe("running");
    await scene.pass(seconds(2));
    expect(scene.world.forge.pullRequests).toHaveLength(1);
    expect((await scene.theRun("implement")).state).toBe("succeeded");
    expect(await scene.store.findPullRequest(ticket.id)).toMatchObject({
      projectKey: "ACME",
      pullRequest: { number: 1, state: "open" },
    });
  });

  it("finds a merge that a person made before the answer to the publication came", async () => {
    const run = await implementing();
    scene.world.forge.faults.next("publish", lostAnswer);
    await scene.work(run);
    scene.world.forge.end(1, "merged");
    await scene.pass(seconds(2));
    await scene.poll();
    expect(scene.world.forge.pullRequests).toHaveLength(1);
    expect(theStages(scene).slice(-2)).toEqual(["pr-open", "merged"]);
  });

  it("keeps the gap analysis on the pull request, once", async () => {
    const run = await implementing();
    await scene.claim(run);
    scene.world.forge.push(run.branch);
    scene.world.forge.faults.next("upsertComment", lostAnswer);
    const gapAnalysis = { implemented: [], gaps: [{ claim: "No rounding." }], manualSteps: [] };
    await scene.report(run, anImplementedReport({ branch: run.branch, gapAnalysis }));
    await scene.pass(seconds(2));
    expect(scene.world.forge.comments).toMatchObject([
      { head: run.branch, body: expect.stringContaining("No rounding.") as string },
    ]);
  });

  it("fails the run when the forge refuses the pull request for good", async () => {
    const run = await implementing();
    scene.world.forge.faults.next("publish", refusal);
    await scene.work(run);
    expect(await scene.theRun("implement")).toMatchObject({
      state: "failed",
      failure: { reason: "publish-refused" },
    });
    expect(theStages(scene).at(-1)).toBe("implementing-failed");
    expect(scene.world.tracker.comments.at(-1)?.body).toContain("the local forge answers 422");
  });

  it("opens nothing for a run that was cancelled before its publication", async () => {
    const run = await implementing();
    scene.world.forge.faults.next("publish", transient);
    await scene.work(run);
    await scene.services.operator.cancel(ticket.id);
    await scene.pass(minutes(1));
    expect(scene.world.forge.pullRequests).toEqual([]);
    expect((await scene.theRun("implement")).state).toBe("cancelled");
    expect(await scene.store.effects.nextDue()).toBeNull();
  });

  it("gives up a write that the tracker refuses for good, and the run goes on", async () => {
    scene.world.tracker.faults.next("apply", refusal);
    await scene.work(await implementing());
    expect(theStages(scene)).toEqual(["plan-complete", "implementing", "pr-open"]);
    expect(scene.logger.lines.filter(({ level }) => level === "error")).toMatchObject([
      { message: "effect refused for good", fields: { error: "the linear tracker answers 422" } },
    ]);
  });
});

describe("what a run was given to reach its repository with (§11.2)", () => {
  const good = new Set<string>();
  const scene = useScene({
    makeWorld: () => {
      const world = createWorld();
      const grant = async () => {
        good.add("token");
        return {
          token: "token",
          expiresAt: world.clock.now() + minutes(60),
          revokeUrl: "https://forge.example/token",
        };
      };
      return {
        ...world,
        forge: { ...world.forge, grant, revoke: async ({ token }) => void good.delete(token) },
      };
    },
  });

  it.each([
    ["cannot be ended yet", transient],
    ["can never be ended", refusal],
  ])("ends with the run, also where its machine %s", async (_, fault) => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const granted = await scene.claim(await scene.theRun("plan"));
    expect(granted).toMatchObject({ job: { repository: { credential: { token: "token" } } } });
    scene.world.executor.faults.always("destroy", fault);
    await scene.services.operator.cancel(ticket.id);
    await scene.pass(0);
    expect([...good]).toEqual([]);
    expect(scene.world.executor.machines).toHaveLength(1);
  });
});
