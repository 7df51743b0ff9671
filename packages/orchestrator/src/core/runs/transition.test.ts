import { describe, expect, it } from "vitest";
import { type Run, terminalStates } from "../run.ts";
import { aClaimedRun, aRun, aTime } from "../testing/builders.ts";
import { aFailedReport, anImplementedReport, aPlannedReport } from "../testing/reports.ts";
import { minutes } from "../time.ts";
import type { RunEvent } from "./events.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { transition } from "./transition.ts";

const context = { now: aTime + minutes(1), retry: defaultRetryPolicy };
const on = (run: Run, event: RunEvent) => transition(run, event, context);
const keysOf = ({ effects }: ReturnType<typeof transition>) =>
  effects.map(({ key }) => key.replace(/[0-9a-f-]{36}/, "ID"));
const sent = (report: Extract<RunEvent, { kind: "reported" }>["report"]): RunEvent => ({
  kind: "reported",
  instance: "runner-1",
  report,
});
const published: RunEvent = { kind: "published", pullRequest: { number: 7, url: "https://forge/7" } };

describe("the way of a run (§5.3)", () => {
  it("is queued, dispatching, running, succeeded", () => {
    const started = on(aRun(), { kind: "dispatch-started" }).run;
    const dispatched = on(started, { kind: "dispatched" }).run;
    const claimed = on(dispatched, { kind: "claimed", instance: "runner-1" }).run;
    const reported = on(claimed, sent(anImplementedReport()));
    const done = on(reported.run, published);
    expect([started, dispatched, claimed, reported.run, done.run].map(({ state }) => state)).toEqual([
      "dispatching",
      "dispatching",
      "running",
      "running",
      "succeeded",
    ]);
    expect(keysOf(reported)).toEqual(["publish:ID"]);
    expect(keysOf(done)).toEqual(["destroy:ID", "stage:ID:pr-open", "comment:ID:pull-request"]);
    expect(done.run.endedAt).toBe(context.now);
  });

  it("ends as failed when the agent was stopped, with a draft of what it had done and word on the ticket (§11.3)", () => {
    const stopped = { reason: "budget" as const, message: "The run's budget of $0.05 was spent." };
    const reported = on(aClaimedRun(), sent(anImplementedReport({ stopped })));
    expect(reported.effects[0]?.effect).toMatchObject({ pullRequest: { draft: true } });
    const done = on(reported.run, published);
    expect(done.run).toMatchObject({ state: "failed", failure: stopped });
    expect(keysOf(done)).toEqual(["destroy:ID", "stage:ID:pr-open", "comment:ID:pull-request"]);
    const comment = done.effects.map(({ effect }) => effect).find(({ kind }) => kind === "post-comment");
    expect(comment).toMatchObject({
      body: expect.stringMatching(/draft[\s\S]*> .*\$0\.05 was spent/) as unknown,
    });
  });

  it("ends in review_failed with a draft when the reviewer or the check objects (§10.1)", () => {
    const verification = { command: "npm test", exitCode: 1, seconds: 2, output: "" };
    const review = { approved: false, iterations: 3, findings: ["No test."] };
    for (const report of [anImplementedReport({ review }), anImplementedReport({ verification })]) {
      const reported = on(aClaimedRun(), sent(report));
      expect(reported.effects[0]?.effect).toMatchObject({
        kind: "publish-pull-request",
        pullRequest: { draft: true },
      });
      expect(on(reported.run, published).run.state).toBe("review_failed");
    }
  });

  it("posts the gap analysis on the pull request (§10.1)", () => {
    const gapAnalysis = { implemented: [], gaps: [], manualSteps: [] };
    const reported = on(aClaimedRun(), sent(anImplementedReport({ gapAnalysis })));
    expect(keysOf(on(reported.run, published))).toContain("pull-request-comment:ID:gap-analysis");
  });
});

describe("a plan (§10.3, §7.1)", () => {
  it("is posted section by section, then the ticket shows it", () => {
    const report = aPlannedReport([
      { kind: "architecture", body: "One." },
      { kind: "tests", body: "Two." },
    ]);
    const done = on(aClaimedRun({ phase: "plan" }), sent(report));
    expect(done.run.state).toBe("succeeded");
    expect(keysOf(done)).toEqual([
      "destroy:ID",
      "comment:ID:plan-architecture",
      "comment:ID:plan-tests",
      "stage:ID:plan-complete",
    ]);
  });

  it("that a person must approve says how, and the ticket waits", () => {
    const settings = { ...aRun().settings, autoApprovePlans: false };
    const done = on(aClaimedRun({ phase: "plan", settings }), sent(aPlannedReport()));
    expect(keysOf(done).slice(-2)).toEqual(["comment:ID:approval", "stage:ID:awaiting-approval"]);
  });
});

describe("the claim (§8.1)", () => {
  it("is won once; the same runner asking again changes nothing", () => {
    const won = on(aRun(), { kind: "claimed", instance: "runner-1" }).run;
    for (const instance of ["runner-1", "runner-2"])
      expect(on(won, { kind: "claimed", instance })).toEqual({ run: won, effects: [], applied: false });
  });

  it("is not given once a report was found beside the attempt: nothing is left to do", () => {
    const reported = on(aRun(), { kind: "reported", instance: null, report: anImplementedReport() });
    expect(reported.applied).toBe(true);
    expect(on(reported.run, { kind: "claimed", instance: "runner-2" }).applied).toBe(false);
  });

  it("decides who may report and who is heard", () => {
    const run = aClaimedRun();
    const report = anImplementedReport();
    expect(on(run, { kind: "reported", instance: "runner-2", report }).applied).toBe(false);
    expect(on(run, { kind: "progressed", instance: "runner-2" }).applied).toBe(false);
    expect(on(aRun(), { kind: "progressed", instance: "runner-1" }).applied).toBe(false);
    expect(on(run, { kind: "progressed", instance: "runner-1" }).run.heartbeatAt).toBe(context.now);
  });
});

describe("a report", () => {
  it("counts once: another one for the same attempt changes nothing (§10)", () => {
    const reported = on(aClaimedRun(), sent(anImplementedReport())).run;
    expect(on(reported, sent(aFailedReport())).applied).toBe(false);
  });

  it("of another phase, or about another branch, fails the run as invalid", () => {
    const wrong = [
      on(aClaimedRun(), sent(aPlannedReport())),
      on(aClaimedRun({ phase: "plan" }), sent(anImplementedReport())),
      on(aClaimedRun(), sent(anImplementedReport({ branch: "main" }))),
    ];
    for (const { run } of wrong)
      expect([run.state, run.failure?.reason]).toEqual(["failed", "invalid-result"]);
  });

  it("protects a run that waits for its pull request from the loss of its machine", () => {
    const reported = on(aClaimedRun(), sent(anImplementedReport())).run;
    const late: RunEvent[] = [
      { kind: "lost", message: "gone" },
      { kind: "timed-out", limit: "silence", message: "silent" },
      { kind: "dispatch-refused", message: "no" },
    ];
    for (const event of late) expect(on(reported, event).applied).toBe(false);
    const refused = on(reported, { kind: "publish-refused", message: "protected branch" }).run;
    expect(refused.failure).toEqual({ reason: "publish-refused", message: "protected branch" });
  });
});

describe("a failure (§15)", () => {
  const lost: RunEvent = { kind: "lost", message: "The machine is gone." };

  it("that is tried again tells the ticket nothing but the stage it rests at", () => {
    const settings = { ...aRun().settings, planningEnabled: false };
    expect(keysOf(on(aClaimedRun(), lost))).toEqual(["destroy:ID", "stage:ID:plan-complete"]);
    expect(keysOf(on(aClaimedRun({ settings }), lost))).toEqual(["destroy:ID", "stage:ID:marked"]);
    expect(keysOf(on(aClaimedRun({ phase: "plan" }), lost))).toEqual(["destroy:ID", "stage:ID:marked"]);
  });

  it("that is not, or the third in a row, says so once on the ticket", () => {
    const third = on(aClaimedRun({ tryNumber: 3 }), lost);
    const forGood = on(aClaimedRun({ phase: "plan" }), sent(aFailedReport("agent-refused")));
    expect(keysOf(third)).toEqual(["destroy:ID", "stage:ID:implementing-failed", "comment:ID:failed"]);
    expect(keysOf(forGood)).toEqual(["destroy:ID", "stage:ID:planning-failed", "comment:ID:failed"]);
  });

  it("of a revision leaves the pull request to review, and says so where it was asked for (§12)", () => {
    const failed = on(aClaimedRun({ phase: "revise" }), sent(aFailedReport("agent-refused")));
    expect(keysOf(failed)).toEqual([
      "destroy:ID",
      "stage:ID:pr-open",
      "comment:ID:failed",
      "pull-request-comment:ID:revision-failed",
    ]);
  });

  it("by silence is the machine's and tried again; by length it is not", () => {
    const timedOut = (limit: "silence" | "job-minutes") =>
      on(aClaimedRun(), { kind: "timed-out", limit, message: "…" }).run;
    expect([timedOut("silence").state, timedOut("silence").failure?.reason]).toEqual([
      "timed_out",
      "machine-lost",
    ]);
    expect(timedOut("job-minutes").failure?.reason).toBe("out-of-time");
  });

  it("to leave a report that is one would be repeated, and is not tried again", () => {
    const unusable: RunEvent = { kind: "result-unusable", message: "result.json is not JSON" };
    expect(on(aClaimedRun(), unusable).run.failure?.reason).toBe("invalid-result");
    expect(keysOf(on(aClaimedRun(), unusable))).toContain("comment:ID:failed");
    const reported = on(aClaimedRun(), sent(anImplementedReport())).run;
    expect(on(reported, unusable).applied).toBe(false);
  });

  it("of the dispatch does not count once the executor or a runner was seen", () => {
    const refused: RunEvent = { kind: "dispatch-refused", message: "no such workflow" };
    expect(on(aRun(), refused).run.failure?.reason).toBe("dispatch-refused");
    expect(on(aRun({ dispatchedAt: aTime }), refused).applied).toBe(false);
    expect(on(aRun({ claimedBy: "runner-1" }), refused).applied).toBe(false);
  });
});

describe("a cancellation (§7.1)", () => {
  const cancelled = (cause: Extract<RunEvent, { kind: "cancelled" }>["cause"]) =>
    keysOf(on(aClaimedRun(), { kind: "cancelled", cause }));

  it("takes our markers off a ticket that a person closed or unmarked", () => {
    const expected = ["destroy:ID", "stage:ID:cleared", "comment:ID:cancelled"];
    expect(cancelled("ticket-closed")).toEqual(expected);
    expect(cancelled("ticket-unmarked")).toEqual(expected);
  });

  it("by an operator, or where it ran, leaves the ticket where its phase began", () => {
    const expected = ["destroy:ID", "stage:ID:plan-complete", "comment:ID:cancelled"];
    expect(cancelled("operator")).toEqual(expected);
    expect(cancelled("executor")).toEqual(expected);
    const revision = on(aClaimedRun({ phase: "revise" }), { kind: "cancelled", cause: "operator" });
    expect(keysOf(revision)).toContain("stage:ID:pr-open");
  });

  it("writes nothing to a ticket that is gone", () => {
    expect(cancelled("ticket-gone")).toEqual(["destroy:ID"]);
  });
});

it("A terminal run never changes: a late result is recorded and changes nothing (§5.3, §15)", () => {
  const late: RunEvent[] = [sent(anImplementedReport()), published, { kind: "cancelled", cause: "operator" }];
  for (const state of terminalStates)
    for (const event of late) {
      const run = aClaimedRun({ state, endedAt: aTime });
      expect(on(run, event)).toEqual({ run, effects: [], applied: false });
    }
});
