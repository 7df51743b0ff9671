import { afterEach, describe, expect, it, vi } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { aPlannedReport } from "../../core/testing/reports.ts";
import { hours, minutes, seconds } from "../../core/time.ts";
import { attemptHandle } from "../../ports/executor.ts";
import { hang, transient } from "../testing/faults.ts";
import { instanceOf, useScene } from "../testing/scene.ts";

const ticket = aTicket();

describe("live runs against their executors (§8.3, §15)", () => {
  const scene = useScene();
  const planning = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    return scene.theRun("plan");
  };
  const heartbeat = async (runId: string) =>
    scene.services.runnerGateway.progress(scene.services.tokens.issue("run", runId), {
      instance: instanceOf(1),
      steps: [],
    });

  it("adopts every live run after a restart: the runner goes on and nothing is dispatched again", async () => {
    const run = await planning();
    await scene.claim(run);
    await scene.restart();
    await scene.poll();
    expect(scene.world.executor.started).toEqual([run.id]);
    expect(await scene.theRun("plan")).toMatchObject({ state: "running", claimedBy: instanceOf(1) });
    await scene.report(run);
    expect((await scene.theRun("plan")).state).toBe("succeeded");
  });

  it("takes a report that stands beside an ended attempt for the answer that never came", async () => {
    const run = await planning();
    await scene.claim(run);
    Object.assign(scene.world.executor.machineOf(run.id), { exited: true, report: aPlannedReport() });
    await scene.poll();
    expect(await scene.theRun("plan")).toMatchObject({ state: "succeeded", report: { outcome: "planned" } });
  });

  it("tries again what ended without a report, after a delay, as a second attempt", async () => {
    const run = await planning();
    Object.assign(scene.world.executor.machineOf(run.id), { exited: true });
    await scene.poll();
    expect(await scene.runs()).toMatchObject([
      { state: "failed", attempt: 1, failure: { reason: "machine-lost" } },
    ]);
    await scene.poll();
    expect(await scene.runs()).toHaveLength(1);
    scene.world.clock.pass(minutes(1));
    await scene.poll();
    expect(await scene.runs()).toMatchObject([{ attempt: 1 }, { attempt: 2, tryNumber: 2 }]);
  });

  it("parks a ticket after three tries, with one comment (§15)", async () => {
    await planning();
    for (let look = 0; look < 12; look += 1) {
      for (const machine of scene.world.executor.machines) machine.exited = true;
      await scene.poll();
      scene.world.clock.pass(minutes(20));
    }
    expect((await scene.runs()).map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      "1 failed",
      "2 failed",
      "3 failed",
    ]);
    expect(scene.world.tracker.comments).toHaveLength(1);
    expect((await scene.store.findKnownTicket(ticket.id))?.decision).toMatchObject({ reason: "parked" });
  });

  it("takes unknown for unknown: an executor that cannot answer ends no run", async () => {
    const run = await planning();
    await scene.claim(run);
    scene.world.executor.faults.always("observe", transient);
    scene.world.clock.pass(minutes(9));
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("running");
  });

  it("loses a run that the executor no longer has, but not in the moment after its dispatch", async () => {
    const run = await planning();
    await scene.world.executor.destroy(attemptHandle(run));
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("dispatching");
    scene.world.clock.pass(seconds(11));
    await scene.poll();
    expect(await scene.theRun("plan")).toMatchObject({ failure: { reason: "machine-lost" } });
  });

  it("times out a run without a heartbeat for ten minutes, and destroys its resource", async () => {
    const run = await planning();
    await scene.claim(run);
    scene.world.clock.pass(minutes(6));
    await heartbeat(run.id);
    scene.world.clock.pass(minutes(10));
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("running");
    scene.world.clock.pass(1);
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("timed_out");
    expect(scene.world.executor.machines).toEqual([]);
  });

  it("does not blame a runner for the time in which nobody listened", async () => {
    const run = await planning();
    await scene.claim(run);
    scene.world.clock.pass(minutes(45));
    await scene.restart();
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("running");
    scene.world.clock.pass(minutes(10) + 1);
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("timed_out");
  });

  it("times out a run that takes longer than its project allows, heartbeats or not", async () => {
    const run = await planning();
    await scene.claim(run);
    for (let beats = 0; beats < 19; beats += 1) {
      scene.world.clock.pass(minutes(5));
      await heartbeat(run.id);
    }
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("running");
    scene.world.clock.pass(1);
    await scene.poll();
    expect(await scene.theRun("plan")).toMatchObject({
      state: "timed_out",
      failure: { reason: "out-of-time" },
    });
  });

  describe("of an executor that hangs", () => {
    afterEach(() => void vi.useRealTimers());

    it("lets the poll go on after a time limit", async () => {
      await planning();
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      scene.world.executor.faults.always("observe", hang);
      const polling = scene.poll();
      await vi.advanceTimersByTimeAsync(minutes(1));
      await polling;
      expect((await scene.theRun("plan")).state).toBe("dispatching");
    });
  });
});

describe("live runs against their tickets (§7.1)", () => {
  const scene = useScene();
  const running = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const run = await scene.theRun("plan");
    await scene.claim(run);
    return run;
  };

  it.each([
    ["closed", () => scene.world.tracker.edit(ticket.id, { lifecycle: "completed" }), "ticket-closed"],
    ["cancelled", () => scene.world.tracker.edit(ticket.id, { lifecycle: "cancelled" }), "ticket-closed"],
    ["unmarked", () => scene.world.tracker.mark(ticket.id, false), "ticket-unmarked"],
    ["deleted", () => scene.world.tracker.remove(ticket.id), "ticket-gone"],
  ] as const)("cancels the run of a ticket that was %s", async (_, edit, cause) => {
    const run = await running();
    edit();
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("cancelled");
    const history = (await scene.store.runDetails(run.id))?.history;
    expect(history?.at(-1)).toMatchObject({ event: "cancelled", cause });
    expect(scene.world.executor.machines).toEqual([]);
    expect((await scene.store.findKnownTicket(ticket.id))?.sight).toBe("unmarked");
  });

  it("never takes a failed look-up for an absence (§5.4)", async () => {
    await running();
    scene.world.tracker.mark(ticket.id, false);
    scene.world.tracker.faults.always("lookUp", transient);
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("running");
    expect((await scene.store.findKnownTicket(ticket.id))?.sight).toBe("marked");
    scene.world.tracker.faults.always("lookUp", null);
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("cancelled");
  });

  it("does not let one ticket that cannot be answered for hide the others", async () => {
    const other = aTicket({ identifier: "ACME-2" });
    scene.world.tracker.add(other);
    await running();
    scene.world.tracker.mark(ticket.id, false);
    scene.world.tracker.mark(other.id, false);
    scene.world.tracker.faults.next("lookUp", transient, transient);
    await scene.poll();
    expect((await scene.runs()).filter(({ state }) => state === "cancelled")).toHaveLength(1);
    await scene.poll();
    expect((await scene.runs()).filter(({ state }) => state === "cancelled")).toHaveLength(2);
  });
});

describe("a tracker that is no longer configured", () => {
  const scene = useScene();

  it("stops nothing but its own tickets (§6.1)", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const gone = aTicket({ id: "folder:old/OLD-1.md", tracker: "folder", identifier: "OLD-1", scope: "old" });
    await scene.store.commit({
      knownTickets: [{ ticket: gone, sight: "marked", strayingSince: null, decision: null }],
    });
    scene.world.tracker.add(aTicket({ identifier: "ACME-2" }));
    await scene.poll();
    expect((await scene.runs()).map((run) => run.ticket.identifier)).toEqual(["ACME-1", "ACME-2"]);
  });
});

describe("a run that is cancelled for its lease (§5.4)", () => {
  const scene = useScene();

  it("holds its ticket for a day", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.services.operator.cancel(ticket.id);
    await scene.pass(hours(23));
    await scene.poll();
    expect((await scene.store.findKnownTicket(ticket.id))?.decision).toMatchObject({ reason: "dedup" });
    scene.world.clock.pass(hours(1));
    await scene.poll();
    expect(await scene.runs()).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });
});
