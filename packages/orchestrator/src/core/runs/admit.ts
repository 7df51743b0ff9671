import { branchName } from "../messages/branch.ts";
import type { ExecutorKind, Project } from "../project.ts";
import type { Phase, Run, RunId } from "../run.ts";
import type { Ticket, TicketId } from "../ticket.ts";
import { hours, type Instant } from "../time.ts";
import { dispatchAttempt, type EffectIntent, setStage } from "./effects.ts";

/** The claim on a ticket and phase that stops a second dispatch (§5.4); "dedup" on the API. */
export interface Lease {
  readonly ticketId: TicketId;
  readonly phase: Phase;
  readonly runId: RunId;
  readonly until: Instant;
}

const leaseMs = hours(24);

export interface Admission {
  readonly run: Run;
  readonly lease: Lease;
  readonly effects: readonly EffectIntent[];
}

export interface AdmissionRequest {
  readonly id: RunId;
  readonly ticket: Ticket;
  readonly project: Project;
  readonly phase: Phase;
  readonly attempt: number;
  readonly tryNumber: number;
  /** Instead of the project's own. */
  readonly executor?: ExecutorKind;
  /** The branch of the ticket's open pull request, whatever its title says by now: one per ticket (§12). */
  readonly branch?: string;
}

/** A new run with everything that must be recorded in the same transaction (§6.3). */
export const admit = (request: AdmissionRequest, now: Instant): Admission => {
  const { id, ticket, project, phase, attempt, tryNumber } = request;
  const { perRunUsd } = project.budget;
  const run: Run = {
    id,
    ticket,
    projectKey: project.key,
    repository: project.repository,
    phase,
    attempt,
    tryNumber,
    executor: request.executor ?? project.executor,
    settings: {
      provider: project.provider,
      ...(project.awsRegion === undefined ? {} : { awsRegion: project.awsRegion }),
      workflowFile: phase === "plan" ? project.planningWorkflowFile : project.workflowFile,
      maxTurns: project.maxTurns,
      maxIterations: project.maxIterations,
      maxJobMinutes: project.maxJobMinutes,
      ...(perRunUsd === undefined ? {} : { perRunUsd }),
      machineCpus: project.machineCpus,
      machineMemoryMb: project.machineMemoryMb,
      protectedPaths: project.protectedPaths,
      autoApprovePlans: project.autoApprovePlans,
      planningEnabled: project.planningEnabled,
    },
    branch: request.branch ?? branchName(ticket, project.branchPrefix),
    state: "queued",
    admittedAt: now,
  };
  return {
    run,
    lease: { ticketId: ticket.id, phase, runId: id, until: now + leaseMs },
    effects: [dispatchAttempt(run), setStage(run, phase === "plan" ? "planning" : "implementing")],
  };
};
