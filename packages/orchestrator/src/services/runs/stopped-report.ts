import type { RunReport } from "@ai-implement/contracts";
import { isTransient } from "../../core/runs/failure.ts";

/**
 * What was stopped and kept waits for a person: its comment says so. With a reason that is tried again by itself, the ticket would be
 * implemented once more beside its own pull request. Whatever a runner says there, it is none.
 */
export const waitingForAPerson = (report: RunReport): RunReport =>
  report.outcome === "implemented" && report.stopped !== undefined && isTransient(report.stopped)
    ? { ...report, stopped: { ...report.stopped, reason: "agent-failed" } }
    : report;
