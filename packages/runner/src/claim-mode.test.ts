import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Job, resultRequestSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Agent } from "./agent/agent.ts";
import { type ClaimTimings, runClaimMode } from "./claim-mode.ts";
import { exitCodes } from "./exit-codes.ts";
import { createStop, type Stop } from "./pipeline/stop.ts";
import { createFakeAgent, someUsage } from "./testing/fake-agent.ts";
import { type FakeOrchestrator, startFakeOrchestrator } from "./testing/fake-orchestrator.ts";
import { noModelEnvironment } from "./testing/model-environment.ts";
import { branch, sampleJob } from "./testing/sample-job.ts";
import { createSampleRemote, path, type SampleRemote, writeFiles } from "./testing/sample-remote.ts";

const quick = { firstDelay: 20, maxDelay: 50, inAll: 5_000 };
const timings: ClaimTimings = {
  claim: quick,
  credential: quick,
  result: quick,
  resultAfterSignal: quick,
  progress: { minInterval: 20, activityInterval: 20, heartbeat: 100 },
  requestTimeout: 2_000,
};

let remote: SampleRemote;
let job: Job;
let orchestrator: FakeOrchestrator;
let attemptDirectory: string;
let logged: string[];
beforeEach(async () => {
  remote = await createSampleRemote({ "WORKFLOW.md": "---\nteardown: touch ~/torn-down\n---\n" });
  job = sampleJob(remote.url);
  orchestrator = await startFakeOrchestrator(job);
  attemptDirectory = join(remote.root, "attempt");
  await mkdir(attemptDirectory);
  logged = [];
});
afterEach(async () => {
  await orchestrator.close();
  await remote.remove();
});

const greet = createFakeAgent({
  implement: async ({ directory }, onActivity) => {
    onActivity("Write greeting.txt with run-token-of-the-sample-job");
    await writeFiles(directory, { "greeting.txt": "hello\n" });
    return {};
  },
});

const run = (agent: Agent = greet, stop: Stop = createStop(), changes: Partial<ClaimTimings> = {}) =>
  runClaimMode(
    {
      runId: job.runId,
      orchestratorUrl: orchestrator.url,
      proof: { kind: "token", token: orchestrator.claimToken },
      attemptDirectory,
      resultDirectory: null,
      environment: noModelEnvironment,
      logLevel: "summary",
    },
    { createAgent: () => agent, path, stop, log: (line) => logged.push(line) },
    { ...timings, ...changes },
  );

/** An agent that works until it is stopped. */
const endless = () =>
  createFakeAgent({
    implement: ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve({ kind: "stopped", usage: someUsage })),
      ),
  });

describe("the claim (§8.1)", () => {
  it("is the first act; then the work is done and reported", async () => {
    expect(await run()).toBe(exitCodes.done);
    expect(orchestrator.results).toHaveLength(1);
    expect(orchestrator.results[0]?.report).toMatchObject({
      outcome: "implemented",
      headCommit: await remote.head(branch),
    });
    const record: unknown = JSON.parse(await readFile(join(attemptDirectory, "runner.json"), "utf8"));
    expect(record).toMatchObject({ pid: process.pid, instance: orchestrator.results[0]?.instance });
  });

  it("ends before spending anything when somebody else holds the attempt", async () => {
    await run();
    await writeFile(join(attemptDirectory, "marker"), "");
    attemptDirectory = join(remote.root, "another-attempt-folder");
    await mkdir(attemptDirectory);
    const agent = createFakeAgent({});
    expect(await run(agent)).toBe(exitCodes.claimRefused);
    expect(agent.requests).toHaveLength(0);
    expect(await readdir(attemptDirectory)).toEqual(["runner.json"]);
    expect(logged.at(-1)).toContain("already-claimed");
  });

  it("ends when another runner of the attempt is or was in its folder, without asking", async () => {
    await writeFile(join(attemptDirectory, "runner.json"), "{}");
    orchestrator.claimStatuses.push(500);
    expect(await run()).toBe(exitCodes.claimRefused);
    expect(orchestrator.claimStatuses).toEqual([500]);
    expect(orchestrator.results).toHaveLength(0);
  });

  it("says that its token is not taken", async () => {
    orchestrator.claimStatuses.push(401);
    expect(await run()).toBe(exitCodes.claimRefused);
    expect(logged.at(-1)).toContain("HTTP 401");
  });

  it("is asked again while the orchestrator does not answer", async () => {
    orchestrator.claimStatuses.push(503, 500, 429);
    expect(await run()).toBe(exitCodes.done);
    expect(orchestrator.results).toHaveLength(1);
  });

  it("gives up on an orchestrator that stays away", async () => {
    await orchestrator.close();
    const impatient = { claim: { ...quick, inAll: 200 } };
    expect(await run(greet, createStop(), impatient)).toBe(exitCodes.unreachable);
    expect(logged.at(-1)).toMatch(/could not be claimed at http:.*ECONNREFUSED/);
  });
});

describe("a call that cannot be served", () => {
  it("names an attempt folder that is not there", async () => {
    attemptDirectory = join(remote.root, "absent");
    await expect(run()).rejects.toThrow(/AI_IMPLEMENT_ATTEMPT_DIR .*absent/);
  });

  it("stops asking for the claim when it is told to end", async () => {
    await orchestrator.close();
    const stop = createStop();
    const running = run(greet, stop, { claim: { firstDelay: 60_000, maxDelay: 60_000, inAll: 600_000 } });
    setTimeout(() => stop.stop({ kind: "signal", name: "SIGTERM" }), 200);
    expect(await running).toBe(exitCodes.unreachable);
  });
});

describe("progress (§10)", () => {
  it("tells every step's end, what the agent does, and nothing secret", async () => {
    await run();
    const told = new Map(
      orchestrator.progress.flatMap(({ steps }) => steps).map((step) => [step.name, step.status]),
    );
    expect(told.get("clone")).toBe("succeeded");
    expect(told.get("implement 1")).toBe("succeeded");
    const activities = orchestrator.progress.map(({ activity }) => activity);
    expect(activities).toContain("Write greeting.txt with [redacted]");
    expect(await readFile(join(attemptDirectory, "activity.log"), "utf8")).toMatch(
      /^\d{4}-.*Z Write greeting\.txt with \[redacted\]\n$/,
    );
  });

  it("is a heartbeat while nothing changes", async () => {
    const stop = createStop();
    const running = run(endless(), stop);
    while (orchestrator.progress.filter(({ steps }) => steps.length === 0).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.stop({ kind: "signal", name: "SIGTERM" });
    await running;
  });

  it("ends the run when the orchestrator says stop: no result, no report left behind", async () => {
    orchestrator.stop = true;
    expect(await run(endless())).toBe(exitCodes.done);
    expect(orchestrator.results).toHaveLength(0);
    expect(await readdir(attemptDirectory)).not.toContain("report.json");
  });

  it("tears down after a stop that comes while the agent works", async () => {
    const agent = createFakeAgent({
      implement: ({ signal }) => {
        orchestrator.stop = true;
        return new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve({ kind: "stopped", usage: null })),
        );
      },
    });
    expect(await run(agent)).toBe(exitCodes.done);
    expect(await readdir(join(attemptDirectory, "home"))).toContain("torn-down");
    expect(orchestrator.results).toHaveLength(0);
  });
});

describe("the result (§8.4, §10)", () => {
  it("lies in the attempt's folder before it is sent, as exactly the body that is sent", async () => {
    let found: unknown;
    orchestrator.onResult = async () => {
      found = JSON.parse(await readFile(join(attemptDirectory, "report.json"), "utf8"));
    };
    await run();
    expect(resultRequestSchema.parse(found)).toEqual(orchestrator.results[0]);
  });

  it("is sent again until the orchestrator is back", async () => {
    orchestrator.resultStatuses.push(503, 500, 502, 429);
    expect(await run()).toBe(exitCodes.done);
    expect(orchestrator.results).toHaveLength(1);
  });

  it("is let be when the attempt has ended already", async () => {
    orchestrator.resultStatuses.push(409);
    expect(await run()).toBe(exitCodes.done);
    expect(orchestrator.results).toHaveLength(0);
    expect(logged.at(-1)).toContain("had ended already");
  });

  it("stays in the folder when nobody takes it", async () => {
    orchestrator.resultStatuses.push(...Array.from({ length: 1_000 }, () => 500));
    expect(await run(greet, createStop(), { result: { ...quick, inAll: 200 } })).toBe(exitCodes.unreachable);
    expect(await readdir(attemptDirectory)).toContain("report.json");
    expect(logged.at(-1)).toContain("report.json");
  });

  it("tells of a signal from outside", async () => {
    const stop = createStop();
    const agent = createFakeAgent({
      implement: ({ signal }) => {
        setTimeout(() => stop.stop({ kind: "signal", name: "SIGTERM" }), 0);
        return new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve({ kind: "stopped", usage: null })),
        );
      },
    });
    expect(await run(agent, stop)).toBe(exitCodes.done);
    expect(orchestrator.results[0]?.report).toMatchObject({ outcome: "failed", reason: "runner-crashed" });
  });

  it("is a failure report when the runner itself breaks after the claim", async () => {
    const agent: Agent = {
      describe: () => Promise.reject(new Error("no CLI")),
      run: () => Promise.reject(new Error("broken adapter")),
    };
    expect(await run(agent)).toBe(exitCodes.done);
    expect(orchestrator.results[0]?.report).toMatchObject({
      outcome: "failed",
      reason: "unexpected",
      message: "broken adapter",
    });
  });

  it("is a plan in the plan phase, from one read-only session (§10.3)", async () => {
    await orchestrator.close();
    job = { ...job, phase: "plan" };
    orchestrator = await startFakeOrchestrator(job);
    const agent = createFakeAgent({
      plan: () => ({
        structured: {
          sections: [
            { kind: "context", body: "there are no relatives" },
            { kind: "tests", body: "one test" },
            { kind: "architecture", body: "one module" },
          ],
        },
      }),
    });
    expect(await run(agent)).toBe(exitCodes.done);
    expect(orchestrator.results[0]?.report).toMatchObject({
      outcome: "planned",
      plan: {
        sections: [
          { kind: "architecture", body: "one module" },
          { kind: "tests", body: "one test" },
        ],
      },
    });
    expect(agent.requests.map(({ purpose, access, resume }) => [purpose, access, resume])).toEqual([
      ["explore", "read-only", undefined],
      ["plan", "read-only", "session-1"],
    ]);
  });
});
