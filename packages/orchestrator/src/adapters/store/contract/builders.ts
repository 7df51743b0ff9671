import type { Run } from "../../../core/run.ts";
import { type Admission, type AdmissionRequest, admit } from "../../../core/runs/admit.ts";
import { type EffectIntent, postComment } from "../../../core/runs/effects.ts";
import { aProject, aRun, aRunId, aTicket, aTime } from "../../../core/testing/builders.ts";
import type { Instant } from "../../../core/time.ts";
import type { PullRequest } from "../../../ports/forge.ts";
import type { Change, KnownPullRequest, KnownTicket } from "../../../ports/store.ts";

interface AdmissionOptions extends Partial<Omit<AdmissionRequest, "id" | "ticket">> {
  /** The number of the run's id and, unless said otherwise, of its ticket: `ACME-<n>`. */
  readonly n?: number;
  readonly ticket?: string;
  readonly at?: Instant;
}

/** An admission as the core makes it. */
export const admissionOf = ({ n = 1, ticket, at = aTime, ...overrides }: AdmissionOptions = {}): Admission =>
  admit(
    {
      id: aRunId(n),
      ticket: aTicket({ identifier: ticket ?? `ACME-${n}` }),
      project: aProject(),
      phase: "implement",
      attempt: 1,
      tryNumber: 1,
      ...overrides,
    },
    at,
  );

/** What the poll records of an admission. */
export const changeOf = (admission: Admission): Change => ({
  admissions: [admission],
  effects: admission.effects,
  history: [
    {
      runId: admission.run.id,
      at: admission.run.admittedAt,
      event: "admitted",
      cause: "poll",
      applied: true,
    },
  ],
});

export const ended = (run: Run, overrides: Partial<Run> = {}): Run => ({
  ...run,
  state: "succeeded",
  endedAt: run.admittedAt + 1_000,
  ...overrides,
});

/** A comment: its receiver is the tracker, and its key names the topic. */
export const aComment = (topic: string, run: Run = aRun()): EffectIntent =>
  postComment(run, topic, `About ${topic}.`);

export const aKnownTicket = (overrides: Partial<KnownTicket> = {}): KnownTicket => ({
  ticket: aTicket(),
  sight: "marked",
  strayingSince: null,
  decision: null,
  ...overrides,
});

export const aKnownPullRequest = (
  number: number,
  { ticket = `ACME-${number}`, projectKey = "ACME", ...overrides }: PullRequestOptions = {},
): KnownPullRequest => ({
  ticketId: aTicket({ identifier: ticket }).id,
  projectKey,
  repository: aProject().repository,
  pullRequest: {
    number,
    url: `https://forge.example/acme/shop/pull/${number}`,
    title: `Pull request ${number}`,
    body: "What was done.",
    head: `ai-implement/${number}`,
    base: "main",
    state: "open",
    draft: false,
    ...overrides,
  },
  updatedAt: aTime,
});

interface PullRequestOptions extends Partial<Omit<PullRequest, "number">> {
  readonly ticket?: string;
  readonly projectKey?: string;
}
