import type { DispatchPolicy, LiveRun, Snapshot, TicketHistory } from "../dispatch/snapshot.ts";
import { emptyHistory } from "../dispatch/snapshot.ts";
import type { Project } from "../project.ts";
import { scopeKey } from "../project.ts";
import type { Run } from "../run.ts";
import type { AdmissionRequest } from "../runs/admit.ts";
import { admit } from "../runs/admit.ts";
import { defaultRetryPolicy } from "../runs/retry.ts";
import type { Ticket } from "../ticket.ts";
import { type FormatInstant, type Instant, minutes } from "../time.ts";

/** 2026-11-22 09:00 UTC: any instant would do, as long as it is the same one. */
export const aTime: Instant = 1_795_338_000_000;

export const aPolicy: DispatchPolicy = { retry: defaultRetryPolicy, strayAfterMs: minutes(10) };

export const formatForTests: FormatInstant = (at) => `instant ${at}`;

/** A marked, active ticket that nothing holds back. Two with the same identifier are the same ticket. */
export const aTicket = (overrides: Partial<Ticket> = {}): Ticket => {
  const identifier = overrides.identifier ?? "ACME-1";
  return {
    id: `linear:${identifier}`,
    tracker: "linear",
    identifier,
    title: "Say hello",
    description: "The page greets its visitor.",
    url: `https://linear.app/acme/issue/${identifier}`,
    scope: "ACME",
    stage: "marked",
    lifecycle: "active",
    planApproved: false,
    blockedBy: [],
    priority: 3,
    createdAt: aTime - minutes(60),
    updatedAt: aTime - minutes(30),
    relatives: [],
    ...overrides,
  };
};

/** The project of `aTicket`, without caps that could get in the way. */
export const aProject = (overrides: Partial<Project> = {}): Project => ({
  key: "ACME",
  repository: { forge: "local", owner: "acme", name: "shop", defaultBranch: "main" },
  ticketing: { kind: "linear" },
  planningEnabled: true,
  autoApprovePlans: true,
  maxInProgress: 3,
  executor: "process",
  provider: "anthropic",
  paused: false,
  maxTurns: 50,
  maxIterations: 3,
  maxJobMinutes: 90,
  budget: {},
  protectedPaths: [],
  workflowFile: "claude-implement.yml",
  planningWorkflowFile: "claude-plan.yml",
  machineCpus: 2,
  machineMemoryMb: 4096,
  extraEnv: {},
  ...overrides,
});

/** A UUIDv7 that ends in `n`. */
export const aRunId = (n = 1): string => `01935000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

export const anAdmission = (overrides: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  id: aRunId(),
  ticket: aTicket(),
  project: aProject(),
  phase: "implement",
  attempt: 1,
  tryNumber: 1,
  ...overrides,
});

/** A run as it is admitted, in the state `queued`, unless it is overridden. */
export const aRun = (overrides: Partial<Run> = {}): Run => ({
  ...admit(anAdmission(), aTime).run,
  ...overrides,
});

/** A run that a runner has claimed. */
export const aClaimedRun = (overrides: Partial<Run> = {}): Run =>
  aRun({
    state: "running",
    dispatchedAt: aTime,
    claimedBy: "runner-1",
    claimedAt: aTime,
    heartbeatAt: aTime,
    ...overrides,
  });

export const aHistory = (overrides: Partial<TicketHistory> = {}): TicketHistory => ({
  ...emptyHistory,
  ...overrides,
});

/** What `decide` sees of a live run. */
export const liveRunOf = (run: Run): LiveRun => ({
  id: run.id,
  ticketId: run.ticket.id,
  scopeKey: scopeKey(run.ticket),
  projectKey: run.projectKey,
  phase: run.phase,
  admittedAt: run.admittedAt,
  reservedUsd: run.settings.perRunUsd ?? 0,
});

/** One project, one marked ticket, nothing done yet. */
export const aSnapshot = (overrides: Partial<Snapshot> = {}): Snapshot => ({
  projects: [aProject()],
  tickets: [aTicket()],
  histories: new Map(),
  liveRuns: [],
  openPullRequests: new Map(),
  spend: new Map(),
  failingTrackers: new Map(),
  policy: aPolicy,
  ...overrides,
});
