import { createHash } from "node:crypto";
import type { ReceiptFacts } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { aRun, aTicket } from "../../core/testing/builders.ts";
import { receiptFacts } from "../../core/testing/receipts.ts";
import { anImplementedReport, aPlannedReport } from "../../core/testing/reports.ts";
import { createReceipts, receiptEnding } from "./receipts.ts";
import { createReceiptSeal } from "./seal.ts";

const secret = "a secret of the tests, long enough for it";
const receipts = createReceipts(secret);
const reported = (facts: Partial<ReceiptFacts> = {}) =>
  aRun({ report: anImplementedReport({ receipt: receiptFacts(facts) }) });

describe("the receipt of a run (§11.3)", () => {
  it("vouches for attempt, repository, branch, commit, ticket, cost and what the runner said", () => {
    const run = reported();
    const issued = receipts.issue(run);
    expect(createReceiptSeal(secret).verify(receiptEnding(issued))).toMatchObject({
      kind: "valid",
      receipt: {
        attempt: run.id,
        phase: "implement",
        repository: "acme/shop",
        branch: run.branch,
        headCommit: "a".repeat(40),
        ticket: { identifier: "ACME-1" },
        usage: { costUsd: 0.25 },
        facts: receiptFacts(),
      },
    });
  });

  it("names the ticket by the SHA-256 of identifier, title and description, as the agent got them", () => {
    const form = `{"description":"The page greets its visitor.","identifier":"ACME-1","title":"Say hello"}`;
    const hash = createHash("sha256").update(form).digest("hex");
    expect(receiptEnding(receipts.issue(reported()))).toContain(
      `"ticket":{"hash":"${hash}","identifier":"ACME-1"}`,
    );
    const other = { ...reported(), ticket: aTicket({ description: "The page greets its visitor!" }) };
    expect(receiptEnding(receipts.issue(other))).not.toContain(hash);
  });

  it("is the same to the letter each time, in every process with the secret", () => {
    expect(createReceipts(secret).issue(reported())).toEqual(receipts.issue(reported()));
  });

  it("is not there, and says why, where the runner said nothing", () => {
    const run = aRun({ report: anImplementedReport() });
    expect(receiptEnding(receipts.issue(run))).toContain(
      "There is no receipt for this run: its runner did not say",
    );
    expect(receipts.issue(aRun({ report: aPlannedReport() })).kind).toBe("none");
    expect(receipts.issue(aRun()).kind).toBe("none");
  });

  it("is not there, and says why, where the runner said more than fits: it is never cut", () => {
    const command = { step: "verify", command: "x".repeat(1_000), exitCode: 0, seconds: 1 };
    const issued = receipts.issue(reported({ commands: Array.from({ length: 50 }, () => command) }));
    expect(receiptEnding(issued)).toMatch(/no receipt for this run: what its runner said .* at most 20000/);
  });

  it("leaves more than 30,000 characters for the description, however much the runner said", () => {
    const weakerBecause = Array.from({ length: 10 }, () => "|".repeat(1_000));
    const issued = receipts.issue(reported({ weakerBecause }));
    expect(issued.kind).toBe("issued");
    expect(receiptEnding(issued).length).toBeLessThan(65_536 - 30_000);
  });
});
