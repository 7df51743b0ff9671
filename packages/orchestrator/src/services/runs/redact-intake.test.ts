import { describe, expect, it } from "vitest";
import { createRedactor } from "../../core/redact.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { createIntakeRedaction } from "./redact-intake.ts";

const secret = "the-admin-access-code";
const token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
const intake = createIntakeRedaction(createRedactor([secret, "implemented"]));

describe("what runners say is stored without secrets (§11.10)", () => {
  it("masks every configured secret and the known token formats, in every text of a report", () => {
    const report = anImplementedReport({
      summary: `It used ${secret}.`,
      review: { approved: false, iterations: 1, findings: [`It shows ${token}.`] },
    });
    const stored = JSON.stringify(intake.report(report, report.branch));
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(token);
    expect(stored).toContain("It used [redacted].");
  });

  it("in steps and in what the agent does", () => {
    const startedAt = "2026-01-01T00:00:00.000Z";
    const step = intake.step({
      index: 0,
      name: "x",
      status: "failed",
      startedAt,
      detail: secret,
      input: token,
    });
    expect([step.detail, step.input, step.startedAt]).toEqual(["[redacted]", "[redacted]", startedAt]);
    expect(intake.line(`printing ${secret}`)).toBe("printing [redacted]");
  });

  it("and leaves alone what the service goes by, and what was masked already", () => {
    const report = anImplementedReport();
    expect(intake.report(report, report.branch)).toMatchObject({
      outcome: "implemented",
      branch: report.branch,
    });
    expect(intake.report(intake.report(report, report.branch), report.branch)).toEqual(
      intake.report(report, report.branch),
    );
  });

  it("masks a branch that is not the run's own: it is quoted where people read", () => {
    const report = anImplementedReport({ branch: `ai-implement/${token}` });
    expect(JSON.stringify(intake.report(report, "ai-implement/acme-1"))).not.toContain(token);
  });

  it("without what a database does not keep", () => {
    expect(intake.line("a\0b")).toBe("ab");
    expect(intake.report(anImplementedReport({ summary: "a\0b" }), "x")).toMatchObject({ summary: "ab" });
  });

  it.each(["transport", "runner-crashed"] as const)(
    "takes no %s for why work was stopped and kept: a person decides how it goes on",
    (reason) => {
      const report = anImplementedReport({ stopped: { reason, message: "It ended." } });
      expect(intake.report(report, report.branch)).toMatchObject({
        stopped: { reason: "agent-failed", message: "It ended." },
      });
    },
  );
});
