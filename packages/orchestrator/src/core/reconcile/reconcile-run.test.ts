import { describe, expect, it } from "vitest";
import type { Run } from "../run.ts";
import { aClaimedRun, aRun, aTime } from "../testing/builders.ts";
import { anImplementedReport } from "../testing/reports.ts";
import { type Instant, minutes, seconds } from "../time.ts";
import { defaultReconcilePolicy, type Observation, reconcileRun } from "./reconcile-run.ts";

const running: Observation = { kind: "running" };
const absent: Observation = { kind: "absent" };
const unknown: Observation = { kind: "unknown", error: "503" };
const exited = { kind: "exited", report: null, detail: "It exited with 137." } as const;
const event = (run: Run, observed: Observation, now: Instant = aTime + seconds(30)) =>
  reconcileRun(run, observed, now, defaultReconcilePolicy);

const dispatched = aRun({ state: "dispatching", dispatchedAt: aTime });

describe("what an executor says of an attempt (§8.3)", () => {
  it("running, though we never wrote down that it was dispatched: it is adopted", () => {
    expect(event(aRun({ state: "dispatching" }), running)).toEqual({ kind: "dispatched" });
    expect(event(dispatched, running)).toBeNull();
  });

  it("exited: its report counts where it left one, otherwise it is lost", () => {
    const report = anImplementedReport();
    expect(event(aClaimedRun(), { ...exited, report })).toEqual({ kind: "reported", instance: null, report });
    expect(event(aClaimedRun(), exited)).toEqual({ kind: "lost", message: "It exited with 137." });
  });

  it("exited with a report of another runner than its claimant's, or of none that is one: nothing to believe", () => {
    const report = anImplementedReport();
    const foreign = { ...exited, report, instance: "runner-2" };
    expect(event(aClaimedRun(), foreign)).toMatchObject({ kind: "result-unusable" });
    expect(event(aClaimedRun(), { ...foreign, instance: "runner-1" })).toMatchObject({ kind: "reported" });
    expect(event(dispatched, foreign)).toMatchObject({ kind: "reported" });
    const garbled: Observation = { ...exited, cause: "unusable-result" };
    expect(event(aClaimedRun(), garbled)).toEqual({ kind: "result-unusable", message: exited.detail });
  });

  it("cancelled there, by whomever: cancelled here", () => {
    const cancelled: Observation = { ...exited, cause: "cancelled" };
    expect(event(aClaimedRun(), cancelled)).toEqual({ kind: "cancelled", cause: "executor" });
  });

  it("absent: lost, but not before the dispatch went through, nor while its list may lag", () => {
    expect(event(dispatched, absent)).toMatchObject({ kind: "lost" });
    expect(event(dispatched, absent, aTime + defaultReconcilePolicy.listLagMs)).toBeNull();
    expect(event(aRun(), absent)).toBeNull();
  });

  it("unknown is not absent", () => {
    expect(event(dispatched, unknown)).toBeNull();
  });
});

describe("the clock (§15)", () => {
  it("ends a claimed run without a heartbeat for ten minutes", () => {
    const silent = { kind: "timed-out", limit: "silence" };
    const heard = aClaimedRun({ heartbeatAt: aTime + minutes(5) });
    expect(event(heard, unknown, aTime + minutes(15))).toBeNull();
    expect(event(heard, unknown, aTime + minutes(15) + 1)).toMatchObject(silent);
  });

  it("ends a run that is heard but takes longer than its project allows", () => {
    const end = aTime + minutes(95);
    const busy = aClaimedRun({ heartbeatAt: end });
    expect(event(busy, running, end)).toBeNull();
    expect(event(busy, running, end + 1)).toMatchObject({ kind: "timed-out", limit: "job-minutes" });
  });

  it("lets a run wait in its executor's queue for as long as it may take", () => {
    expect(event(dispatched, running, aTime + minutes(95))).toBeNull();
    expect(event(dispatched, running, aTime + minutes(95) + 1)).toMatchObject({ limit: "job-minutes" });
  });

  it("does not run before the dispatch", () => {
    expect(event(aRun(), unknown, aTime + minutes(10_000))).toBeNull();
  });
});

it("A run that has reported waits for its pull request, whatever its executor says", () => {
  const run = aClaimedRun({ report: anImplementedReport() });
  for (const observed of [running, absent, unknown, exited])
    expect(event(run, observed, aTime + minutes(10_000))).toBeNull();
});
