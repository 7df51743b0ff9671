import { type RunReport, runReportSchema, stepReportSchema } from "@ai-implement/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../text/redact.ts";
import { createFit } from "./fit.ts";

const secret = "s3cret!";
const fit = createFit(createRedactor([secret]));

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
  it("is within the caps and without secrets, whatever a run had to say", () => {
    fc.assert(
      fc.property(reports, (report) => {
        const fitted = fit.report(report);
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
