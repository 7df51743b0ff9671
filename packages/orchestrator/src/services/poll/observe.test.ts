import { afterEach, describe, expect, it, vi } from "vitest";
import { aKnownTicket } from "../../adapters/store/contract/builders.ts";
import { aProject, aTicket, aTime } from "../../core/testing/builders.ts";
import { minutes } from "../../core/time.ts";
import { hang, transient } from "../testing/faults.ts";
import { createWorldTracker } from "../testing/world-tracker.ts";
import { observe } from "./observe.ts";

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
  const ids = ({ tickets }: Awaited<ReturnType<typeof observe>>) => tickets.map(({ id }) => id);
  afterEach(() => void vi.useRealTimers());

  it("sees every tracker that a project uses", async () => {
    const { trackers } = twoTrackers();
    const observed = await observe(trackers, projects, [], new Map(), clock);
    expect(ids(observed)).toEqual([linearTicket.id, jiraTicket.id]);
    expect(observed.failing.size).toBe(0);
    expect(ids(await observe(trackers, projects.slice(0, 1), [], new Map(), clock))).toEqual([
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
    const observed = await observe(trackers, projects, known, new Map(), clock);
    expect(observed.tickets.map(({ title }) => title)).toEqual(["As last seen", jiraTicket.title]);
    expect([...observed.failing]).toEqual([
      ["linear", { since: aTime, error: "the linear tracker answers 503" }],
    ]);
  });

  it("says since when a tracker fails, not since the last look", async () => {
    const { linear, trackers } = twoTrackers();
    linear.faults.next("listMarked", transient);
    const since = aTime - minutes(7);
    const before = new Map([["linear", { since, error: "another error" }]] as const);
    const observed = await observe(trackers, projects, [], before, clock);
    expect(observed.failing.get("linear")).toEqual({ since, error: "the linear tracker answers 503" });
  });

  it("ends with a time limit of its own for each tracker: one that hangs is one that fails", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { linear, trackers } = twoTrackers();
    linear.faults.next("listMarked", hang);
    const observing = observe(trackers, projects, [], new Map(), clock);
    await vi.advanceTimersByTimeAsync(minutes(1));
    const observed = await observing;
    expect(ids(observed)).toEqual([jiraTicket.id]);
    expect(observed.failing.get("linear")?.error).toContain("did not answer within 60 s");
  });

  it("names the tracker that a project uses and nobody configured", async () => {
    const { linear } = twoTrackers();
    const observed = await observe(new Map([["linear", linear]]), projects, [], new Map(), clock);
    expect(observed.failing.get("jira")?.error).toContain("No jira tracker is configured");
    expect(ids(observed)).toEqual([linearTicket.id]);
  });
});
