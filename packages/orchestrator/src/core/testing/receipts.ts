import type { Receipt, ReceiptFacts } from "@ai-implement/contracts";
import { receiptOf } from "../receipt/receipt-of.ts";
import { aRun } from "./builders.ts";
import { anImplementedReport, aUsage } from "./reports.ts";

/** Of a run that was locked in as well as can be. */
export const receiptFacts = (overrides: Partial<ReceiptFacts> = {}): ReceiptFacts => ({
  promptHash: "1".repeat(64),
  models: [{ model: "claude-sonnet-4-6", purposes: ["implement", "review"], usage: aUsage() }],
  modelCredential: "runner",
  user: "separate",
  egress: "enforced",
  weakerBecause: [],
  connectionsRefused: 0,
  commands: [{ step: "verify", command: "npm test", exitCode: 0, seconds: 12.34 }],
  claimsDropped: 0,
  ...overrides,
});

/** Of `aRun()`, which pushed the commit of `anImplementedReport()`. */
export const aReceipt = (facts: Partial<ReceiptFacts> = {}): Receipt => {
  const receipt = receiptOf(aRun(), anImplementedReport({ receipt: receiptFacts(facts) }), "2".repeat(64));
  if (receipt === null) throw new Error("a report with facts has a receipt");
  return receipt;
};
