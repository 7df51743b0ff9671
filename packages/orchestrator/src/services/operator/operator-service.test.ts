import { describe, expect, it } from "vitest";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { createWorld } from "../testing/world.ts";
import { createWorldForge } from "../testing/world-forge.ts";

const ticket = aTicket();

describe("what a person may do to a ticket (§6, §7.1)", () => {
  const scene = useScene({ projects: [aProject({ autoApprovePlans: false })] });
  const world = () => scene.world;
  const operator = () => scene.services.operator;
  const stages = () => world().tracker.stages.map(({ stage }) => stage);
  const decision = async () => (await scene.store.findKnownTicket(ticket.id))?.decision?.reason;
  const planned = async () => {
    world().tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
  };
  const parked = async () => {
    world().tracker.add(ticket);
    for (let look = 0; look < 8; look += 1) {
      await scene.poll();
      for (const machine of world().executor.machines) machine.exited = true;
      world().clock.pass(minutes(20));
    }
  };

  it("approves the plan that waits, once, and the implementation follows", async () => {
    await planned();
    expect(await decision()).toBe("awaiting-approval");
    expect(await scene.runs()).toHaveLength(1);
    expect(await operator().approve(ticket.id)).toBe("done");
    expect(await operator().approve(ticket.id)).toBe("nothing-to-approve");
    await scene.poll();
    expect(await scene.theRun("implement")).toMatchObject({ attempt: 1, state: "dispatching" });
    expect(stages()).toEqual(["planning", "awaiting-approval", "plan-complete", "implementing"]);
  });

  it("has nothing to approve where there is no plan, or where its work is there already", async () => {
    expect(await operator().approve(ticket.id)).toBe("not-found");
    world().tracker.add(ticket);
    await scene.poll();
    expect(await operator().approve(ticket.id)).toBe("nothing-to-approve");
    await scene.work(await scene.theRun("plan"));
    world().tracker.edit(ticket.id, { planApproved: true });
    await scene.poll();
    expect(await operator().approve(ticket.id)).toBe("nothing-to-approve");
    await scene.work(await scene.theRun("implement"));
    await scene.poll();
    expect(await operator().approve(ticket.id)).toBe("nothing-to-approve");
    await scene.poll();
    expect(stages().at(-1)).toBe("pr-open");
    expect(await scene.runs()).toHaveLength(2);
  });

  it("un-parks a ticket: what went before no longer counts, and the poll is woken", async () => {
    await parked();
    expect(await decision()).toBe("parked");
    expect(await operator().unpark(ticket.id)).toBe("done");
    await scene.pollAlarm.sleep(0);
    await scene.poll();
    expect((await scene.runs()).at(-1)).toMatchObject({ attempt: 4, tryNumber: 1, state: "dispatching" });
    expect(stages().slice(-3)).toEqual(["planning-failed", "marked", "planning"]);
    expect(await operator().unpark("linear:NOBODY-1")).toBe("not-found");
  });

  it("un-parks without waiting for the tracker to show it", async () => {
    await parked();
    world().tracker.faults.always("apply", transient);
    await operator().unpark(ticket.id);
    await scene.poll();
    expect((await scene.runs()).at(-1)).toMatchObject({ attempt: 4, tryNumber: 1 });
  });

  it("un-parks once: the same request again does not discount the run that the first one led to", async () => {
    await parked();
    await operator().unpark(ticket.id);
    await scene.poll();
    const run = (await scene.runs()).at(-1);
    world().clock.pass(1);
    expect(await operator().unpark(ticket.id)).toBe("done");
    await scene.pass(0);
    expect(await scene.store.listLeases(world().clock.now())).toMatchObject([{ runId: run?.id }]);
    expect(stages().at(-1)).toBe("planning");
    for (let look = 0; look < 3; look += 1) await scene.poll();
    expect(await scene.runs()).toHaveLength(4);
  });

  it("cancels the live run; its lease holds the ticket until a person clears it (§5.4)", async () => {
    expect(await operator().cancel(ticket.id)).toBe("not-found");
    world().tracker.add(ticket);
    await scene.poll();
    expect(await operator().cancel(ticket.id)).toBe("done");
    expect(await operator().cancel(ticket.id)).toBe("not-found");
    await scene.poll();
    expect(world().executor.machines).toEqual([]);
    expect(stages()).toEqual(["planning", "marked"]);
    expect(await decision()).toBe("dedup");
    expect(await operator().clearLease(ticket.id)).toBe("done");
    expect(await operator().clearLease(ticket.id)).toBe("not-found");
    await scene.poll();
    expect(await scene.runs()).toMatchObject([{ state: "cancelled" }, { attempt: 2 }]);
  });
});

describe("merging (§12)", () => {
  const local = useScene();

  it("merges where the forge is our own, and the ticket is done", async () => {
    local.world.tracker.add(ticket);
    await local.poll();
    await local.work(await local.theRun("plan"));
    await local.poll();
    await local.work(await local.theRun("implement"));
    const { operator } = local.services;
    expect(await operator.merge("acme/shop", 1)).toMatchObject({ kind: "merged" });
    await local.poll();
    expect(local.world.tracker.ticket(ticket.id).lifecycle).toBe("completed");
    expect(await operator.merge("acme/shop", 404)).toEqual({ kind: "not-found" });
    expect(await operator.merge("acme/unknown", 1)).toEqual({ kind: "not-found" });
  });
});

describe("merging on somebody else's forge", () => {
  const repository = { ...aProject().repository, forge: "github" } as const;
  const github = useScene({
    projects: [aProject({ repository })],
    makeWorld: () => ({ ...createWorld(), forge: createWorldForge("github") }),
  });

  it("is left to people", async () => {
    expect(await github.services.operator.merge("acme/shop", 1)).toEqual({ kind: "not-here" });
  });
});
