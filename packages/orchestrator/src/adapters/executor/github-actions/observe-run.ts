import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import { redact } from "../../../core/redact.ts";
import type { ExecutorResource } from "../../../core/run.ts";
import type { UnpackedResult } from "../shared/parse-result.ts";
import type { WorkflowRun } from "./schema.ts";

/** `queued` and the like: GitHub has it and no machine works on it. */
const waiting: ReadonlySet<string | null> = new Set(["queued", "waiting", "pending", "requested"]);

export const isCompleted = ({ status }: WorkflowRun): boolean => status === "completed";

/** What a run that goes on is to us. Pure. */
export const observationOfLive = (run: WorkflowRun): Observation =>
  run.status === "in_progress" || waiting.has(run.status)
    ? {
        kind: "running",
        ...(waiting.has(run.status) ? { waits: true } : {}),
        resource: resourceOf(run),
      }
    : { kind: "unknown", error: `GitHub calls the state of ${run.html_url} ${JSON.stringify(run.status)}.` };

/** What a completed run is to us, with what it left beside itself. Pure. */
export const observationOfCompleted = (run: WorkflowRun, unpacked: UnpackedResult): Observation => {
  const exited = { kind: "exited", resource: resourceOf(run) } as const;
  if (unpacked.kind === "result") {
    const { instance, report, steps } = unpacked.result;
    const detail = `The workflow run ended and left its result: ${run.html_url}`;
    return { ...exited, report, instance, steps, detail };
  }
  const detail = `The workflow run ${howItEnded(run.conclusion)}, and ${unpacked.problem}: ${run.html_url}`;
  return { ...exited, report: null, ...causeOf(run, unpacked), detail: redact(detail, []) };
};

/** A person's word outweighs what was left behind; what lacks a result altogether has lost its machine. */
const causeOf = (
  { conclusion }: WorkflowRun,
  { kind }: Exclude<UnpackedResult, { kind: "result" }>,
): { readonly cause?: "cancelled" | "unusable-result" } => {
  if (conclusion === "cancelled") return { cause: "cancelled" };
  return kind === "unusable" ? { cause: "unusable-result" } : {};
};

export const resourceOf = ({ id, html_url: url }: WorkflowRun): ExecutorResource => ({ id, url });

/** Every conclusion of GitHub's as a person would say it. */
const howItEnded = (conclusion: string | null): string => {
  switch (conclusion) {
    case "success":
      return "succeeded";
    case "failure":
      return "ended in failure";
    case "cancelled":
      return "was cancelled";
    case "timed_out":
      return "took longer than its job may (timed_out)";
    case "startup_failure":
      return "could not be started (startup_failure: GitHub does not accept the workflow file, or has no runner for it)";
    case "skipped":
      return "was skipped (another run of the same attempt held it, or its conditions were not met)";
    case "action_required":
      return "waits for a person's approval, which nobody is asked for here (action_required)";
    default:
      return `ended as ${JSON.stringify(conclusion)}`;
  }
};
