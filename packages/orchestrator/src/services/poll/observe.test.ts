import { afterEach, describe, expect, it, vi } from "vitest";
import { aKnownTicket } from "../../adapters/store/contract/builders.ts";
import { aProject, aTicket, aTime } from "../../core/testing/builders.ts";
import type { TrackerKind } from "../../core/ticket.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { Tracker } from "../../ports/tracker.ts";
import { hang, transient } from "../testing/faults.ts";
import { createWorldTracker } from "../testing/world-tracker.ts";
import { createObserver, type Observed } from "./observe.ts";

const linearTicket = aTicket();
const jiraTicket = aTicket({ id: "jira:OPS-1", tracker: "jira", identifier: "OPS-1", scope: "OPS" });
const projects = [
  aProject(),
  aProject({ key: "OPS", ticketing: { kind: "jira", jql: "project = OPS", repoFieldValue: "shop" } }),
];
const clock = { now: () => aTime };

describe("observing the trackers (§6.1)", () => {
  const twoTrackers = () => {
    const [linear, jira] = [createWorldTracker("linear"), createWorldTracker("jira")];
    linear.add(linearTicket);
    jira.add(jiraTicket);
    return { linear, jira, trackers: new Map([linear, jira].map((tracker) => [tracker.kind, tracker])) };
  };
  const ids = ({ tickets }: Observed) => tickets.map(({ id }) => id);
  afterEach(() => void vi.useRealTimers());

  it("sees every tracker that a project uses", async () => {
    const { trackers } = twoTrackers();
    const observed = await createObserver(trackers, clock).look(projects, []);
    expect(ids(observed)).toEqual([linearTicket.id, jiraTicket.id]);
    expect(observed.failing.size).toBe(0);
    expect(ids(await createObserver(trackers, clock).look(projects.slice(0, 1), []))).toEqual([
      linearTicket.id,
    ]);
  });

  it("keeps what it knew of a tracker that fails, and sees the others afresh", async () => {
    const { linear, trackers } = twoTrackers();
    linear.faults.next("listMarked", transient);
    const known = [
      aKnownTicket({ ticket: { ...linearTicket, title: "As last seen" } }),
      aKnownTicket({ ticket: aTicket({ identifier: "ACME-2" }), sight: "unmarked" }),
      aKnownTicket({ ticket: { ...jiraTicket, title: "Not asked for" } }),
    ];
    const observed = await createObserver(trackers, clock).look(projects, known);
    expect(observed.tickets.map(({ title }) => title)).toEqual(["As last seen", jiraTicket.title]);
    expect([...observed.failing]).toEqual([
      ["linear", { since: aTime, error: "the linear tracker answers 503" }],
    ]);
  });

  it("says since when a tracker fails, not since the last look", async () => {
    const { linear, trackers } = twoTrackers();
    let now = aTime;
    const observer = createObserver(trackers, { now: () => now });
    for (const minute of [0, 1, 2]) {
      now = aTime + minutes(minute);
      linear.faults.next("listMarked", transient);
      const { failing } = await observer.look(projects, []);
      expect(failing.get("linear")).toEqual({ since: aTime, error: "the linear tracker answers 503" });
    }
    expect((await observer.look(projects, [])).failing.size).toBe(0);
  });

  it("waits for a tracker that hangs once, and not in every cycle; its late answer is taken when it comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { linear, trackers } = twoTrackers();
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow: Tracker = { ...linear, listMarked: (mine) => answered.then(() => linear.listMarked(mine)) };
    const observer = createObserver(new Map<TrackerKind, Tracker>([...trackers, ["linear", slow]]), clock);
    const first = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(seconds(10));
    expect(ids(await first)).toEqual([jiraTicket.id]);
    expect((await first).failing.get("linear")?.error).toContain("has not answered");

    const second = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(0);
    expect(ids(await second)).toEqual([jiraTicket.id]);

    answer();
    const third = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(0);
    expect(ids(await third)).toEqual([linearTicket.id, jiraTicket.id]);
    expect((await third).failing.size).toBe(0);
  });

  it("gives up on a tracker after a minute, and asks it again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { linear, trackers } = twoTrackers();
    linear.faults.next("listMarked", hang);
    const observer = createObserver(trackers, clock);
    const first = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(minutes(1));
    expect((await first).failing.get("linear")?.error).toContain("has not answered");
    const second = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(0);
    expect((await second).failing.get("linear")?.error).toContain("did not answer within 60 s");
    const third = observer.look(projects, []);
    await vi.advanceTimersByTimeAsync(0);
    expect(ids(await third)).toEqual([linearTicket.id, jiraTicket.id]);
  });

  it("names the tracker that a project uses and nobody configured", async () => {
    const { linear } = twoTrackers();
    const observed = await createObserver(new Map([["linear", linear]]), clock).look(projects, []);
    expect(observed.failing.get("jira")?.error).toContain("No jira tracker is configured");
    expect(ids(observed)).toEqual([linearTicket.id]);
  });
});
