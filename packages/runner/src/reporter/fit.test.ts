import { type RunReport, runReportSchema, stepReportSchema } from "@ai-implement/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecrets } from "../secrets.ts";
import { createFit } from "./fit.ts";

const secret = "s3cret!";
const secrets = createSecrets([secret]);
const fit = createFit(secrets);

/** From nothing to far beyond every cap, with secrets that grow when they are masked. */
const text = fc
  .tuple(fc.constantFrom("x", secret, "\u0000", "\ud83d\ude00", "a\nb"), fc.nat(30_000))
  .map(([piece, times]) => piece.repeat(times));
const claims = fc.array(fc.record({ claim: text, ticketWords: text, file: text }), { maxLength: 3 });
const usage = null;

const reports: fc.Arbitrary<RunReport> = fc.oneof(
  fc.record({
    outcome: fc.constant("failed" as const),
    reason: fc.constant("unexpected" as const),
    message: text,
    usage: fc.constant(usage),
    agent: text,
  }),
  fc.record({
    outcome: fc.constant("planned" as const),
    plan: fc.record({
      sections: fc.array(fc.record({ kind: fc.constant("tests" as const), body: text }), {
        minLength: 1,
        maxLength: 1,
      }),
    }),
    usage: fc.constant(usage),
    agent: text,
  }),
  fc.record({
    outcome: fc.constant("implemented" as const),
    branch: fc.constant("b"),
    headCommit: fc.constant("a".repeat(40)),
    baseCommit: fc.constant("b".repeat(40)),
    summary: text,
    filesChanged: fc.constant(1),
    review: fc.record({
      approved: fc.constant(false),
      iterations: fc.constant(1),
      findings: fc
        .array(text, { minLength: 98, maxLength: 130 })
        .map((all) => all.map((one) => one.slice(0, 300))),
    }),
    verification: fc.record({
      command: text,
      exitCode: fc.constant(1),
      seconds: fc.constant(1),
      output: text,
    }),
    gapAnalysis: fc.record({ implemented: claims, gaps: claims, manualSteps: claims }),
    usage: fc.constant(usage),
    agent: text,
  }),
);

describe("what crosses the wire (§11.8, §11.10)", () => {
  it("is within the caps and without secrets, whatever a run had to say", async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        const fitted = await fit.report(report);
        runReportSchema.parse(fitted);
        expect(JSON.stringify(fitted)).not.toContain(secret);
      }),
      { numRuns: 30 },
    );
  });

  it("holds for the lines of steps too", () => {
    fc.assert(
      fc.property(text, (detail) => {
        const startedAt = "2026-01-01T00:00:00.000Z";
        const step = fit.step({ index: 0, name: "verify", status: "failed", startedAt, detail });
        stepReportSchema.parse(step);
        expect(step.detail).not.toContain(secret);
      }),
      { numRuns: 30 },
    );
  });
});

const key = "key-Zq81mVb7Rt03-of-the-run";
const ofRun = createSecrets([key]);
const wire = createFit(ofRun);
const implemented = (change: Partial<Extract<RunReport, { outcome: "implemented" }>>): RunReport => ({
  outcome: "implemented",
  branch: "b",
  headCommit: "a".repeat(40),
  baseCommit: "b".repeat(40),
  summary: "Done.",
  filesChanged: 1,
  review: { approved: true, iterations: 1, findings: [] },
  usage,
  agent: "an agent",
  ...change,
});
const claims64 = (claim: string) => ({ implemented: [{ claim }], gaps: [], manualSteps: [] });

describe("what is published passes the guard (§11.4)", () => {
  it.each([
    ["the summary", { summary: `I found ${key}` }],
    ["the canary in the summary", { summary: ofRun.canary.value }],
    ["a finding", { review: { approved: false, iterations: 1, findings: [`see ${key}`] } }],
    ["the gap analysis, encoded", { gapAnalysis: claims64(Buffer.from(`a ${key}`).toString("base64")) }],
  ])("fails the run where a credential of it is in %s, and publishes nothing", async (_, change) => {
    const report = await wire.report(implemented(change));
    expect(report).toMatchObject({ outcome: "failed", reason: "guard", agent: "an agent" });
    expect(ofRun.search(JSON.stringify(report))).toBe("none");
  });

  it("fails a plan in the same way", async () => {
    const sections = [{ kind: "tests" as const, body: `use ${key}` }];
    const report = await wire.report({ outcome: "planned", plan: { sections }, usage, agent: "a" });
    expect(report).toMatchObject({ outcome: "failed", reason: "guard" });
  });

  it("masks what only looks like a credential, and says so", async () => {
    const summary = `Send with SG.${"a1B2c3D4e5F6g7H8i9J0k1"}.${"Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2H1g0F9e"} to try.`;
    const report = await wire.report(implemented({ summary }));
    if (report.outcome !== "implemented") throw new Error(JSON.stringify(report));
    expect(report.summary).not.toContain("a1B2c3D4e5F6");
    expect(report.summary).toContain("masked here");
  });

  it("masks a credential in what a check printed, and in the lines of steps", async () => {
    const verification = { command: "env", exitCode: 0, seconds: 1, output: `A=${key}` };
    const report = await wire.report(implemented({ verification }));
    expect(report).toMatchObject({ verification: { output: "A=[redacted]" } });
    const startedAt = "2026-01-01T00:00:00.000Z";
    const step = wire.step({ index: 0, name: "x", status: "failed", startedAt, input: key, detail: key });
    expect([step.input, step.detail]).toEqual(["[redacted]", "[redacted]"]);
  });

  it("leaves nothing of a line in which one stands in a form that cannot be cut out", () => {
    expect(wire.line(`printing ${[...key].join(" ")}`)).toContain("withheld");
    expect(wire.line(`printing ${Buffer.from(key).toString("hex")}`)).toContain("withheld");
  });
});
