import { jobStepsSchema, logEntrySchema, pageOf, receiptAnswerSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { aRun } from "../../core/testing/builders.ts";
import { receiptFacts } from "../../core/testing/receipts.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import type { RunLine } from "../../ports/store.ts";
import { createReceiptSeal } from "../../services/receipts/seal.ts";
import { details, run, runId, startOfTests } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const usage = {
  inputTokens: 10,
  outputTokens: 20,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: null,
  turns: 2,
};

const failed = run({
  id: "failed",
  phase: "plan",
  state: "failed",
  claimedAt: startOfTests + 1_000,
  endedAt: startOfTests + 2_000,
  failure: { reason: "agent-failed", message: "It exited 1." },
  report: {
    outcome: "failed",
    reason: "agent-failed",
    message: "It exited 1.",
    usage,
    agent: "scripted agent",
  },
});

const lines: readonly RunLine[] = [
  { run: run({ id: "queued" }), pullRequest: null },
  { run: run({ id: "dispatching", state: "dispatching" }), pullRequest: null },
  { run: run({ id: "done", state: "succeeded" }), pullRequest: { number: 7, url: "https://forge.test/7" } },
  { run: failed, pullRequest: null },
  { run: run({ id: "elsewhere", projectKey: "other" }), pullRequest: null },
];

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp({ contents: { runs: lines, details: [details()] } });
});
afterEach(() => test.app.close());

const log = async (query: string) => {
  const { body } = await test.ask("GET", `/api/log${query}`);
  return pageOf(logEntrySchema).parse(body);
};
const idsOf = async (query: string) => (await log(query)).items.map(({ id }) => id);

describe("GET /api/log (§13)", () => {
  it("tells of a run all that people ask for, in the words of the API (§5.3)", async () => {
    const { items } = await log("");
    expect(items[2]).toMatchObject({
      status: "completed",
      pullRequest: { number: 7, url: "https://forge.test/7" },
      ticket: { identifier: "DEMO-1", title: "Round prices" },
      usage: null,
    });
    expect(items[3]).toMatchObject({
      teamKey: "demo",
      phase: "plan",
      status: "failed",
      admittedAt: "2026-11-22T09:00:00.000Z",
      claimedAt: "2026-11-22T09:00:01.000Z",
      endedAt: "2026-11-22T09:00:02.000Z",
      failure: { reason: "agent-failed", message: "It exited 1." },
      agent: "scripted agent",
      usage,
    });
  });

  it("filters by project, phase and status; dispatched finds both states that read so", async () => {
    expect(await idsOf("?teamKey=other")).toEqual(["elsewhere"]);
    expect(await idsOf("?phase=plan")).toEqual(["failed"]);
    expect(await idsOf("?status=dispatched&teamKey=demo")).toEqual(["queued", "dispatching"]);
    expect(await idsOf("?status=completed&unknown=1&unknown=2")).toEqual(["done"]);
  });

  it("pages by cursor", async () => {
    const first = await log("?limit=3");
    expect(first.items).toHaveLength(3);
    const second = await log(`?limit=3&cursor=${first.nextCursor}`);
    expect(second.items.map(({ id }) => id)).toEqual(["failed", "elsewhere"]);
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    "cursor=nonsense",
    "limit=0",
    "limit=201",
    "limit=many",
    "phase=build",
    "status=succeeded",
    "teamKey=a%00",
  ])("answers 400 to ?%s", async (query) => {
    expect((await test.ask("GET", `/api/log?${query}`)).status).toBe(400);
  });
});

describe("GET /api/jobs/:id/steps (§13)", () => {
  it("shows steps, activity and how the run got here", async () => {
    const { status, body } = await test.ask("GET", `/api/jobs/${runId}/steps`);
    expect(status).toBe(200);
    expect(jobStepsSchema.parse(body)).toEqual({
      id: runId,
      status: "running",
      activity: "Reading src/price.ts",
      steps: [{ index: 0, name: "clone", status: "running", startedAt: "2026-11-22T09:00:01.000Z" }],
      history: [
        {
          at: "2026-11-22T09:00:00.000Z",
          event: "dispatch-started",
          cause: "effect delivery",
          applied: true,
        },
      ],
    });
  });

  it("answers 404 to a run that is not there", async () => {
    expect((await test.ask("GET", "/api/jobs/nothing/steps")).status).toBe(404);
  });
});

describe("GET /api/jobs/:id/receipt (§11.3)", () => {
  const published = aRun({ report: anImplementedReport({ receipt: receiptFacts() }) });
  const asked = async (shown: Run) => {
    const its = await createTestApp({ contents: { details: [{ ...details(), run: shown }] } });
    try {
      return await its.ask("GET", `/api/jobs/${shown.id}/receipt`);
    } finally {
      await its.app.close();
    }
  };

  it("is the one on the pull request: its two lines verify", async () => {
    const { status, body } = await asked(published);
    const { receipt, text, signature } = receiptAnswerSchema.parse(body);
    expect([status, receipt.attempt]).toEqual([200, published.id]);
    const verdict = createReceiptSeal("a secret of the tests").verify(`${text}\n${signature}\n`);
    expect(verdict).toEqual({ kind: "valid", receipt });
  });

  it("is 404 with the reason where there is none", async () => {
    expect(await asked(aRun())).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining("There is no receipt for this run") as string },
    });
    expect((await test.ask("GET", "/api/jobs/none/receipt")).status).toBe(404);
  });
});
