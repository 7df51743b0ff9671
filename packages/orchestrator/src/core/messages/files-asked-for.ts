import type { RunReport } from "@ai-implement/contracts";

/**
 * The files that a person's approval is all it takes for: only the guard can ask for that (§11.4), whatever else a runner says. Empty:
 * there is nothing to agree to.
 */
export const filesAskedFor = (report: RunReport | undefined): readonly string[] =>
  report?.outcome === "failed" && report.reason === "guard" ? (report.needsApproval ?? []) : [];
