import type { JobSteps, LogEntry } from "@ai-implement/contracts";
import type { RunDetails, RunLine } from "../../ports/store.ts";
import { isoOf, isoOrNull } from "./iso.ts";
import { statusOf } from "./run-status.ts";

export const logEntry = ({ run, pullRequest }: RunLine): LogEntry => ({
  id: run.id,
  teamKey: run.projectKey,
  ticket: {
    id: run.ticket.id,
    identifier: run.ticket.identifier,
    title: run.ticket.title,
    url: run.ticket.url,
  },
  phase: run.phase,
  attempt: run.attempt,
  executor: run.executor,
  executorUrl: run.resource?.url ?? null,
  status: statusOf(run.state),
  admittedAt: isoOf(run.admittedAt),
  claimedAt: isoOrNull(run.claimedAt),
  endedAt: isoOrNull(run.endedAt),
  pullRequest: pullRequest === null ? null : { number: pullRequest.number, url: pullRequest.url },
  failure: run.failure ?? null,
  agent: run.report?.agent ?? null,
  usage: run.report?.usage ?? null,
});

export const jobSteps = ({ run, steps, history, activity }: RunDetails): JobSteps => ({
  id: run.id,
  status: statusOf(run.state),
  activity,
  steps: [...steps],
  history: history.map(({ at, event, cause, applied }) => ({ at: isoOf(at), event, cause, applied })),
});
