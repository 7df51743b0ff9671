import { afterEach, describe, expect, it, vi } from "vitest";
import { aProject, aTicket } from "../../../core/testing/builders.ts";
import { minutes, seconds } from "../../../core/time.ts";
import { hang, transient } from "../../testing/faults.ts";
import { useScene } from "../../testing/scene.ts";
import { settle } from "../../testing/still-alarm.ts";
import { createWorld, type World } from "../../testing/world.ts";

const ticket = aTicket();
const other = aTicket({ identifier: "ACME-2" });

interface CountedWorld extends World {
  /** The tickets of every look-up by id. */
  readonly lookUps: (readonly string[])[];
}

const countedWorld = (): CountedWorld => {
  const world = createWorld();
  const lookUps: (readonly string[])[] = [];
  const lookUp = world.tracker.lookUp.bind(world.tracker);
  world.tracker.lookUp = (ids, projects) => {
    lookUps.push(ids);
    return lookUp(ids, projects);
  };
  return { ...world, lookUps };
};

describe("a cycle for what a webhook named (§6, §7.2)", () => {
  let lookUps: CountedWorld["lookUps"] = [];
  const scene = useScene({
    projects: [aProject({ maxInProgress: 1 })],
    makeWorld: () => {
      const world = countedWorld();
      lookUps = world.lookUps;
      return world;
    },
  });
  const look = async (...ids: readonly string[]) => {
    await scene.services.poll.cycle(ids);
    await settle();
  };
  /** Takes the wake: asked again, it was not. */
  const wasWoken = async () => {
    let woken = false;
    void scene.pollAlarm.sleep(0).then(() => {
      woken = true;
    });
    await settle();
    return woken;
  };
  const known = async (id = ticket.id) => scene.store.findKnownTicket(id);
  afterEach(() => void vi.useRealTimers());

  it("dispatches a ticket that was marked since the last look, and asks nobody for anything else", async () => {
    await scene.poll();
    const looks = scene.world.tracker.looks;
    scene.world.tracker.add(ticket);
    await look(ticket.id);
    expect(await scene.theRun("plan")).toMatchObject({ ticket: { id: ticket.id }, attempt: 1 });
    expect(await known()).toMatchObject({ sight: "marked", decision: { kind: "dispatch" } });
    expect(lookUps).toEqual([[ticket.id]]);
    expect(scene.world.tracker.looks).toBe(looks);
  });

  it("asks no executor and no forge", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    await scene.work(await scene.theRun("implement"));
    scene.world.tracker.add(other);
    await scene.poll();
    expect(scene.world.forge.pullRequests).toHaveLength(1);
    const requests = [...scene.world.executor.requests];
    // Whoever asked it would wait, and this test would not end.
    scene.world.forge.faults.always("find", hang);
    await look(ticket.id, other.id);
    expect(lookUps.at(-1)).toEqual([ticket.id, other.id]);
    expect(scene.world.executor.requests).toEqual(requests);
  });

  it("asks for all that is named at once", async () => {
    await scene.poll();
    for (const each of [ticket, other]) scene.world.tracker.add(each);
    await look(ticket.id, other.id);
    expect(lookUps).toEqual([[ticket.id, other.id]]);
    expect((await known(other.id))?.decision).toMatchObject({ reason: "concurrency" });
  });

  it.each([
    ["closed", () => scene.world.tracker.edit(ticket.id, { lifecycle: "completed" }), "ticket-closed"],
    ["unmarked", () => scene.world.tracker.mark(ticket.id, false), "ticket-unmarked"],
    ["deleted", () => scene.world.tracker.remove(ticket.id), "ticket-gone"],
  ] as const)("cancels the run of a ticket that was %s, as a full cycle does", async (_, edit, cause) => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const run = await scene.theRun("plan");
    edit();
    await look(ticket.id);
    expect((await scene.theRun("plan")).state).toBe("cancelled");
    expect((await scene.store.runDetails(run.id))?.history.at(-1)).toMatchObject({ cause });
    expect(await known()).toMatchObject({ sight: "unmarked", decision: null });
    expect(scene.world.executor.machines).toEqual([]);
  });

  it("sees a mark that is taken away and put back between two full cycles, and begins again (§7.1)", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.mark(ticket.id, false);
    await look(ticket.id);
    scene.world.tracker.mark(ticket.id, true);
    await look(ticket.id);
    expect(await scene.runs()).toMatchObject([
      { attempt: 1, state: "cancelled" },
      { attempt: 2, tryNumber: 1, state: "dispatching" },
    ]);
  });

  it("follows an edit", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.edit(ticket.id, { title: "Say goodbye" });
    await look(ticket.id);
    expect((await known())?.ticket.title).toBe("Say goodbye");
  });

  it("leaves what was not named as it was last known: not asked for, not vanished, not dispatched on hearsay", async () => {
    scene.world.tracker.add(ticket);
    scene.world.tracker.add(other);
    await scene.poll();
    const before = await known(other.id);
    expect(before?.decision).toMatchObject({ reason: "concurrency" });
    // Nobody told us of this one.
    scene.world.tracker.mark(other.id, false);
    scene.world.tracker.edit(ticket.id, { lifecycle: "completed" });
    await look(ticket.id);
    expect(lookUps).toEqual([[ticket.id]]);
    expect(await known(other.id)).toEqual(before);
    expect((await scene.runs()).map((run) => run.ticket.id)).toEqual([ticket.id]);
    await scene.poll();
    expect(await known(other.id)).toMatchObject({ sight: "unmarked" });
    expect(await scene.runs()).toHaveLength(1);
  });

  it("keeps the order: what is more urgent and was not named is not overtaken, and a full cycle is asked for", async () => {
    const urgent = aTicket({ identifier: "ACME-3", priority: 1 });
    scene.world.tracker.add(urgent);
    await scene.poll();
    const plan = await scene.theRun("plan");
    scene.world.executor.machineOf(plan.id).exited = true;
    await scene.poll();
    await scene.poll();
    expect(await known(urgent.id)).toMatchObject({ decision: { reason: "backing-off" } });
    scene.world.clock.pass(minutes(5));
    scene.world.tracker.add(ticket);
    expect(await wasWoken()).toBe(true);
    await look(ticket.id);
    expect(await wasWoken()).toBe(true);
    expect(await known()).toMatchObject({ decision: { reason: "concurrency" } });
    expect(await scene.runs()).toHaveLength(1);
    await scene.poll();
    expect((await scene.runs()).map((run) => run.ticket.id)).toEqual([urgent.id, urgent.id]);
  });

  it("knows no ticket of a scope that no project has: whether it is listed is for the full look to say", async () => {
    await scene.poll();
    const stranger = aTicket({ identifier: "XYZ-1", scope: "XYZ" });
    scene.world.tracker.add(stranger);
    await look(stranger.id);
    expect(lookUps).toHaveLength(1);
    expect(await known(stranger.id)).toBeNull();
  });

  it("does not ask a tracker that failed at the last full look, and touches nothing that this one told", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.faults.always("listMarked", transient);
    await scene.poll();
    const before = scene.services.poll.status();
    scene.world.clock.pass(seconds(10));
    scene.world.tracker.mark(ticket.id, false);
    await look(ticket.id);
    expect(lookUps).toEqual([]);
    expect((await known())?.sight).toBe("marked");
    expect(scene.services.poll.status()).toEqual(before);
    expect(before.failingTrackers.has("linear")).toBe(true);
  });

  it("is not what readiness goes by", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    const before = scene.services.poll.status();
    scene.world.clock.pass(minutes(1));
    await look(ticket.id);
    expect(lookUps).toHaveLength(1);
    expect(scene.services.poll.status()).toEqual(before);
  });

  it("takes a failed look-up for nothing: not absent, not failing, and asked once (§5.4)", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.mark(ticket.id, false);
    scene.world.tracker.faults.next("lookUp", transient);
    await look(ticket.id, other.id);
    expect(lookUps).toHaveLength(1);
    expect((await known())?.sight).toBe("marked");
    expect((await scene.theRun("plan")).state).toBe("dispatching");
    expect(scene.services.poll.status().failingTrackers.size).toBe(0);
  });

  it("waits five seconds for a tracker that hangs, and does not ask it again meanwhile", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    scene.world.tracker.faults.next("lookUp", hang);
    const first = scene.services.poll.cycle([ticket.id]);
    await vi.advanceTimersByTimeAsync(seconds(5));
    await first;
    await scene.services.poll.cycle([ticket.id]);
    expect(lookUps).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(minutes(1));
    await scene.services.poll.cycle([ticket.id]);
    expect(lookUps).toHaveLength(2);
  });

  it("asks nobody for a ticket of a tracker that no project uses, or that is none at all", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await look("jira:10042", "nonsense", "linear");
    expect(lookUps).toEqual([]);
  });
});

describe("what is watched after a look (§7.2)", () => {
  const scene = useScene();
  const watched = () => [...(scene.services.watchList.current() ?? [])].map(([id]) => id).toSorted();

  it("is nothing before the first, and then what is marked, with its blockers", async () => {
    expect(scene.services.watchList.current()).toBeNull();
    scene.world.tracker.add(ticket);
    scene.world.tracker.add(other, [ticket.id]);
    await scene.poll();
    expect(watched()).toEqual([ticket.id, other.id]);
    expect(scene.services.watchList.current()?.get(other.id)).toEqual({
      tracker: "linear",
      blockedBy: [ticket.identifier],
    });
  });

  it("is also what a look by name found, and not what it found unmarked", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.add(other);
    scene.world.tracker.mark(ticket.id, false);
    await scene.services.poll.cycle([ticket.id, other.id]);
    expect(watched()).toEqual([other.id]);
  });

  it("is also what cannot be asked for", async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    scene.world.tracker.faults.always("listMarked", transient);
    await scene.poll();
    expect(watched()).toEqual([ticket.id]);
  });
});
