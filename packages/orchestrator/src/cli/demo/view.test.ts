import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  admissionOf,
  aKnownPullRequest,
  aKnownTicket,
  changeOf,
} from "../../adapters/store/contract/builders.ts";
import {
  makeTemporaryDatabase,
  type TemporaryDatabase,
} from "../../adapters/store/sqlite/testing/temporary-database.ts";
import { aTicket, aTime } from "../../core/testing/builders.ts";
import type { KnownTicket, Store } from "../../ports/store.ts";
import { demoView } from "./view.ts";

const ticket = aTicket();
const decided = (kind: "dispatch" | "skip", reason: string, explanation: string): KnownTicket =>
  aKnownTicket({ ticket, decision: { kind, reason, explanation, action: null, decidedAt: aTime } });

describe("the demo's view of the store", () => {
  let database: TemporaryDatabase;
  let store: Store;

  beforeEach(async () => {
    database = await makeTemporaryDatabase();
    ({ store } = await database.open({ now: () => aTime }));
  });
  afterEach(async () => {
    await store.close();
    await database.remove();
  });

  const only = async () => {
    const { tickets } = await demoView(store, aTime);
    expect(tickets).toHaveLength(1);
    return tickets[0];
  };

  it("shows a skipped ticket as waiting, with its decision's own words", async () => {
    await store.commit({ knownTickets: [decided("skip", "paused", "the project is paused")] });
    expect(await only()).toMatchObject({ state: "waiting", note: "the project is paused", runs: [] });
  });

  it("shows a ticket without a mark as not marked", async () => {
    await store.commit({ knownTickets: [aKnownTicket({ ticket, sight: "unmarked" })] });
    expect(await only()).toMatchObject({ state: "waiting", note: "not marked" });
  });

  it("shows a dispatched ticket as working, with its run, its steps and what the agent does", async () => {
    const admission = admissionOf();
    const runId = admission.run.id;
    await store.commit({ ...changeOf(admission), knownTickets: [decided("dispatch", "dispatch", "now")] });
    const step = {
      index: 0,
      name: "clone",
      status: "running",
      startedAt: "2026-11-22T09:00:00.000Z",
    } as const;
    await store.commit({ steps: [{ runId, step }], activity: [{ runId, line: "Read README.md" }] });
    expect(await only()).toMatchObject({
      state: "working",
      runs: [{ run: { id: runId }, steps: [step], activity: "Read README.md" }],
    });
  });

  it.each([
    ["open", "review", "pull request #1 is open"],
    ["merged", "merged", "pull request #1 merged"],
  ] as const)("shows a ticket whose pull request is %s as %s", async (state, shown, note) => {
    await store.commit({
      knownTickets: [decided("skip", "ready-for-review", "waits")],
      pullRequests: [aKnownPullRequest(1, { state })],
    });
    expect(await only()).toMatchObject({ state: shown, note });
  });

  it("lists tickets by identifier, and the runs of each from the first", async () => {
    const first = admissionOf({ n: 1, ticket: "ACME-1", phase: "plan" });
    await store.commit({
      ...changeOf(first),
      knownTickets: ["ACME-2", "ACME-1"].map((identifier) =>
        aKnownTicket({ ticket: aTicket({ identifier }) }),
      ),
    });
    const found = await store.findRun(first.run.id);
    if (found === null) throw new Error("the run was not recorded");
    await store.commit({
      runs: [{ value: { ...found.value, state: "succeeded", endedAt: aTime }, version: found.version }],
    });
    await store.commit(changeOf(admissionOf({ n: 2, ticket: "ACME-1", at: aTime + 1_000 })));
    const { tickets } = await demoView(store, aTime);
    expect(tickets.map(({ identifier, runs }) => [identifier, runs.map(({ run }) => run.phase)])).toEqual([
      ["ACME-1", ["plan", "implement"]],
      ["ACME-2", []],
    ]);
  });
});
