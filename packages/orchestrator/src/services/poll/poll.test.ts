import { describe, expect, it } from "vitest";
import { aPolicy, aProject, aTicket } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import type { Change, Store } from "../../ports/store.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { adaptersOf, createIds } from "../testing/world.ts";
import { createPoll } from "./poll.ts";
import { createWatchList } from "./watch-list.ts";

const ticket = aTicket();

describe("the poll cycle (§6)", () => {
  const scene = useScene({ projects: [aProject({ maxInProgress: 2 })] });
  const services = () => scene.services;
  const decisions = async () =>
    Object.fromEntries(
      (await scene.store.listKnownTickets()).map(({ ticket: { identifier }, decision }) => [
        identifier,
        decision?.reason,
      ]),
    );

  it("dispatches what can be dispatched, and records why the rest waits", async () => {
    for (const n of [1, 2, 3]) scene.world.tracker.add(aTicket({ identifier: `ACME-${n}` }));
    scene.world.tracker.add(aTicket({ identifier: "ACME-4" }), [ticket.id]);
    scene.world.tracker.add(aTicket({ identifier: "OTHER-1", scope: "ACME", priority: 1 }));
    await scene.poll();
    expect(await decisions()).toEqual({
      "OTHER-1": "dispatch",
      "ACME-1": "dispatch",
      "ACME-2": "concurrency",
      "ACME-3": "concurrency",
      "ACME-4": "blocked",
    });
    expect((await scene.runs()).map((run) => run.ticket.identifier).sort()).toEqual(["ACME-1", "OTHER-1"]);
  });

  it("records runs, leases, effects, history and decisions in one transaction", async () => {
    scene.world.tracker.add(ticket);
    const changes: Change[] = [];
    await pollOver({
      ...scene.store,
      commit: (change) => {
        changes.push(change);
        return scene.store.commit(change);
      },
    }).cycle();
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      admissions: [{ run: { attempt: 1 }, lease: { phase: "plan" } }],
      effects: [
        { effect: { kind: "dispatch-attempt" } },
        { effect: { kind: "set-stage", stage: "planning" } },
      ],
      history: [{ event: "admitted" }],
      knownTickets: [{ sight: "marked", decision: { kind: "dispatch" } }],
    });
  });

  it("records nothing at all when somebody else wrote first, and decides anew next time", async () => {
    scene.world.tracker.add(ticket);
    const poll = pollOver({ ...scene.store, commit: async () => "conflict" });
    await poll.cycle();
    expect(await scene.runs()).toEqual([]);
    await scene.poll();
    expect(await scene.runs()).toHaveLength(1);
  });

  it("dispatches nothing twice, however often it looks", async () => {
    scene.world.tracker.add(ticket);
    for (let look = 0; look < 5; look += 1) await scene.poll();
    expect(await scene.runs()).toHaveLength(1);
    expect(scene.world.executor.started).toHaveLength(1);
  });

  it("shows a tracker as failing since when, dispatches nothing of it, and recovers by itself", async () => {
    scene.world.tracker.add(ticket);
    scene.world.tracker.add(aTicket({ identifier: "ACME-2" }), [ticket.id]);
    await scene.poll();
    const since = scene.world.clock.now();
    scene.world.tracker.faults.always("listMarked", transient);
    scene.world.tracker.edit(ticket.id, { lifecycle: "completed" });
    for (let look = 0; look < 3; look += 1) {
      await scene.poll();
      scene.world.clock.pass(minutes(1));
    }
    const failing = services().poll.status().failingTrackers;
    expect([...failing]).toEqual([["linear", { since, error: "the linear tracker answers 503" }]]);
    expect(await decisions()).toEqual({ "ACME-1": "in-flight", "ACME-2": "tracker-error" });
    expect((await scene.theRun("plan")).state).toBe("dispatching");
    scene.world.tracker.faults.always("listMarked", null);
    await scene.poll();
    expect(services().poll.status().failingTrackers.size).toBe(0);
    expect((await scene.runs()).map((run) => run.ticket.identifier)).toEqual(["ACME-1", "ACME-2"]);
    const told = scene.logger.lines.map(({ message }) => message);
    expect(told.filter((message) => message === "tracker fails")).toHaveLength(1);
    expect(told.filter((message) => message === "tracker answers again")).toHaveLength(1);
  });

  it("says when it last ended, and not that it did when it failed", async () => {
    expect(services().poll.status().lastPollAt).toBeNull();
    await scene.poll();
    const first = scene.world.clock.now();
    expect(services().poll.status().lastPollAt).toBe(first);
    scene.world.clock.pass(minutes(1));
    const broken = pollOver({
      ...scene.store,
      dispatchFacts: () => Promise.reject(new Error("disk I/O error")),
    });
    await expect(broken.cycle()).rejects.toThrow("disk I/O error");
    expect(broken.status().lastPollAt).toBeNull();
  });

  const pollOver = (store: Store) =>
    createPoll({
      store,
      adapters: adaptersOf(scene.world),
      reconcile: scene.services.reconcile,
      policy: aPolicy,
      clock: scene.world.clock,
      newId: createIds(99),
      logger: scene.logger,
      watchList: createWatchList(),
      onEffects: () => undefined,
      onFullLookWanted: () => undefined,
    });
});
