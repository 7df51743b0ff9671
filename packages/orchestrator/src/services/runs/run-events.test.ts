import { describe, expect, it } from "vitest";
import { admissionOf, changeOf } from "../../adapters/store/contract/builders.ts";
import { useStore } from "../../adapters/store/contract/test-database.ts";
import { makeTemporaryDatabase } from "../../adapters/store/sqlite/testing/temporary-database.ts";
import { createRedactor } from "../../core/redact.ts";
import type { RunEvent } from "../../core/runs/events.ts";
import { aPolicy, aRunId } from "../../core/testing/builders.ts";
import { anImplementedReport, aPlannedReport } from "../../core/testing/reports.ts";
import type { Store } from "../../ports/store.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createIntakeRedaction } from "./redact-intake.ts";
import { createRunEvents } from "./run-events.ts";

const id = aRunId();
const claimed = (n = 1): RunEvent => ({ kind: "claimed", instance: `runner-${n}` });
const planned: RunEvent = { kind: "reported", instance: "runner-1", report: aPlannedReport() };

describe("what happens to a run is recorded (§5.3, §9)", () => {
  const database = useStore(makeTemporaryDatabase);

  const over = (store: Store) => {
    const told: string[] = [];
    const runEvents = createRunEvents({
      store,
      clock: { now: () => database.now },
      logger: createRecordingLogger(),
      retry: aPolicy.retry,
      intake: createIntakeRedaction(createRedactor(["a-configured-secret"])),
      onEffects: () => void told.push("effects"),
      onEnded: () => void told.push("ended"),
    });
    return { apply: runEvents.apply, told };
  };
  const admit = (phase: "plan" | "implement") => database.store.commit(changeOf(admissionOf({ phase })));
  const history = async () =>
    ((await database.store.runDetails(id))?.history ?? []).map(
      ({ event, applied }) => `${event}${applied ? "" : " (ignored)"}`,
    );
  const keys = async () =>
    (await database.store.effects.overdue(database.now + 1, 100)).map(({ key }) => key);

  it("writes state, history, plan and effects of one event together", async () => {
    await admit("plan");
    const { apply, told } = over(database.store);
    await apply(id, claimed());
    database.now += 5;
    const applied = await apply(id, planned);
    expect(applied).toMatchObject({ applied: true, run: { state: "succeeded", endedAt: database.now } });
    expect((await database.store.findRun(id))?.value).toEqual(applied?.run);
    expect(await history()).toEqual(["admitted", "claimed", "reported"]);
    expect(await database.store.findPlan(applied?.run.ticket.id ?? "")).toMatchObject({
      runId: id,
      completedAt: database.now,
      approvedAt: null,
    });
    expect((await keys()).filter((key) => key.startsWith(`comment:${id}`))).toHaveLength(1);
    expect(told).toEqual(["effects", "ended"]);
  });

  it("masks configured secrets in what an executor says of an attempt: it quotes the attempt's log (§11.10)", async () => {
    await admit("plan");
    await over(database.store).apply(id, {
      kind: "lost",
      message: "The end of its log:\na-configured-secret",
    });
    const details = await database.store.runDetails(id);
    expect(details?.run.failure?.message).toBe("The end of its log:\n[redacted]");
    expect(JSON.stringify(details)).not.toContain("a-configured-secret");
  });

  it("records an event that does not apply, and changes nothing by it", async () => {
    await admit("plan");
    const { apply, told } = over(database.store);
    await apply(id, claimed());
    await apply(id, planned);
    const before = { run: await database.store.findRun(id), keys: await keys() };
    told.splice(0);
    for (const late of [planned, { kind: "lost", message: "gone" }, claimed(2)] as const)
      expect((await apply(id, late))?.applied).toBe(false);
    expect({ run: await database.store.findRun(id), keys: await keys() }).toEqual(before);
    expect((await history()).slice(3)).toEqual(["reported (ignored)", "lost (ignored)", "claimed (ignored)"]);
    expect(told).toEqual([]);
  });

  it("loads again when somebody else wrote first, so that the first claim wins and no write is lost", async () => {
    await admit("implement");
    const { apply } = over(database.store);
    const claims = await Promise.all([1, 2, 3, 4].map((n) => apply(id, claimed(n))));
    expect(claims.filter((claim) => claim?.applied)).toHaveLength(1);
    const winner = claims.find((claim) => claim?.applied)?.run.claimedBy;
    expect(claims.map((claim) => claim?.run.claimedBy)).toEqual([winner, winner, winner, winner]);
    expect((await history()).filter((event) => event.startsWith("claimed"))).toHaveLength(4);
  });

  it("decides anew on what the other writer left: a report that meets a cancellation changes nothing", async () => {
    await admit("implement");
    const { apply } = over(database.store);
    await apply(id, claimed());
    let isFirst = true;
    const interrupted = over({
      ...database.store,
      async findRun(runId) {
        const found = await database.store.findRun(runId);
        if (isFirst) {
          isFirst = false;
          await apply(id, { kind: "cancelled", cause: "operator" });
        }
        return found;
      },
    });
    const report = anImplementedReport({ branch: admissionOf().run.branch });
    const applied = await interrupted.apply(id, { kind: "reported", instance: "runner-1", report });
    expect(applied).toMatchObject({ applied: false, run: { state: "cancelled" } });
    expect((await keys()).filter((key) => key.startsWith("publish"))).toEqual([]);
  });

  it("gives up with an error that names the run when it never gets its turn", async () => {
    await admit("plan");
    const { apply } = over({ ...database.store, commit: async () => "conflict" });
    await expect(apply(id, claimed())).rejects.toThrow(id);
  });

  it("writes what the caller adds, even when the event does not apply", async () => {
    await admit("plan");
    const { apply } = over(database.store);
    const [dispatch] = await database.store.effects.take(database.now, database.now + 1, 1);
    await apply(id, { kind: "cancelled", cause: "ticket-gone" });
    const deliveredEffects = [{ id: dispatch?.id ?? 0, at: database.now }];
    expect((await apply(id, { kind: "dispatched" }, { deliveredEffects }))?.applied).toBe(false);
    expect(await keys()).not.toContain(dispatch?.key);
  });

  it("keeps heartbeats out of the history", async () => {
    await admit("plan");
    const { apply } = over(database.store);
    await apply(id, claimed());
    database.now += 10;
    await apply(id, { kind: "progressed", instance: "runner-1" });
    expect((await database.store.findRun(id))?.value.heartbeatAt).toBe(database.now);
    expect(await history()).toEqual(["admitted", "claimed"]);
  });

  it("knows of no run that was never admitted", async () => {
    expect(await over(database.store).apply(aRunId(404), claimed())).toBeNull();
  });
});
