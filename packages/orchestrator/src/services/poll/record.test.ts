import { describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { formatInstant } from "./record.ts";

const ticket = aTicket();

describe("what a poll records of its tickets (§5.1, §6.3, §7.1)", () => {
  const scene = useScene();
  const known = async () => {
    const found = await scene.store.findKnownTicket(ticket.id);
    if (found === null) throw new Error("The ticket is not known.");
    return found;
  };
  const stages = () => scene.world.tracker.stages.map(({ stage }) => stage);
  const pollAfter = async (ms: number) => {
    scene.world.clock.pass(ms);
    await scene.poll();
  };

  it("takes back a working marker that no run of ours stands behind, after ten minutes and once", async () => {
    scene.world.tracker.add({ ...ticket, stage: "implementing" });
    await scene.poll();
    expect((await known()).decision).toMatchObject({ reason: "in-flight" });
    await pollAfter(minutes(10) - 1);
    expect(stages()).toEqual([]);
    await pollAfter(1);
    expect(stages()).toEqual(["marked"]);
    await pollAfter(minutes(1));
    expect(await scene.theRun("plan")).toMatchObject({ attempt: 1 });
    expect(stages()).toEqual(["marked", "planning"]);
  });

  it("takes it back to the complete plan where there is one", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    scene.world.tracker.edit(ticket.id, { stage: "implementing", blockedBy: [] });
    await scene.store.commit({ resets: [{ ticketId: ticket.id, at: scene.world.clock.now() + 1 }] });
    await scene.poll();
    await pollAfter(minutes(10));
    expect(stages().slice(1, 3)).toEqual(["plan-complete", "plan-complete"]);
    expect(scene.world.tracker.arrivals).toContainEqual(expect.stringContaining("stray"));
  });

  it("counts those ten minutes over a restart, and records one reset while its delivery fails", async () => {
    scene.world.tracker.add({ ...ticket, stage: "planning" });
    await scene.poll();
    await pollAfter(minutes(6));
    await scene.restart();
    scene.world.tracker.faults.next("apply", transient);
    await pollAfter(minutes(4));
    await scene.poll();
    await scene.pass(minutes(5));
    expect(stages()).toEqual(["marked"]);
    expect(scene.world.tracker.arrivals).toHaveLength(1);
  });

  it("does not take the marker of a working run for a stray one", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.claim(await scene.theRun("plan"));
    for (let look = 0; look < 3; look += 1) {
      scene.world.clock.pass(minutes(8));
      await scene.services.runnerGateway.progress(
        scene.services.tokens.issue("run", (await scene.theRun("plan")).id),
        { instance: (await scene.theRun("plan")).claimedBy ?? "", steps: [] },
      );
      await scene.poll();
    }
    expect(stages()).toEqual(["planning"]);
    expect((await known()).strayingSince).toBeNull();
  });

  it("knows a ticket that was unmarked as unmarked, without a decision", async () => {
    scene.world.tracker.add(ticket, [ticket.id]);
    await scene.poll();
    expect((await known()).sight).toBe("marked");
    scene.world.tracker.mark(ticket.id, false);
    await scene.poll();
    expect(await known()).toMatchObject({ sight: "unmarked", strayingSince: null, decision: null });
  });

  it("keeps what it knew of a ticket that is missing from the list but still marked", async () => {
    const elsewhere = aTicket({ scope: "GONE" });
    scene.world.tracker.add({ ...elsewhere, scope: "ACME" }, [elsewhere.id]);
    await scene.poll();
    scene.world.tracker.edit(ticket.id, { scope: "GONE" });
    await scene.poll();
    expect((await known()).sight).toBe("marked");
  });

  it("begins again with a ticket that a person takes the mark off and puts it back", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.mark(ticket.id, false);
    await scene.poll();
    expect((await scene.theRun("plan")).state).toBe("cancelled");
    expect(await scene.store.listLeases(scene.world.clock.now())).toHaveLength(1);
    await pollAfter(minutes(1));
    expect(await scene.runs()).toHaveLength(1);
    scene.world.tracker.mark(ticket.id, true);
    await pollAfter(minutes(1));
    expect(await scene.runs()).toMatchObject([{ attempt: 1 }, { attempt: 2, tryNumber: 1 }]);
  });

  it("un-parks a failed ticket that a person sets back to where its phase begins, and not before", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    for (let look = 0; look < 8; look += 1) {
      for (const machine of scene.world.executor.machines) machine.exited = true;
      await pollAfter(minutes(20));
    }
    expect((await known()).decision).toMatchObject({
      reason: "parked",
      action: expect.any(String) as string,
    });
    expect(await scene.runs()).toHaveLength(3);
    scene.world.tracker.edit(ticket.id, { stage: "marked" });
    await pollAfter(minutes(1));
    expect((await scene.runs()).at(-1)).toMatchObject({ attempt: 4, tryNumber: 1 });
  });

  it("keeps the instant at which a decision was first made while it stays the same", async () => {
    scene.world.tracker.add(ticket, [ticket.id]);
    await scene.poll();
    const first = (await known()).decision;
    await pollAfter(minutes(5));
    expect((await known()).decision).toEqual(first);
    scene.world.tracker.add(ticket);
    await pollAfter(minutes(5));
    expect((await known()).decision).toMatchObject({ kind: "dispatch", decidedAt: scene.world.clock.now() });
  });

  it("writes instants for people in UTC, to the minute", () => {
    expect(formatInstant(Date.parse("2026-11-22T09:12:59.999Z"))).toBe("2026-11-22 09:12 UTC");
  });
});
