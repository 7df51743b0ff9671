import { jobSchema } from "@ai-implement/contracts";
import type { AttemptReference } from "../../../ports/executor.ts";

/** An attempt as the effect worker hands it over. */
export const anAttempt = (
  change: Partial<AttemptReference> & Pick<AttemptReference, "runId">,
): AttemptReference => ({
  phase: "plan",
  repository: { forge: "local", owner: "acme", name: "tally", defaultBranch: "main" },
  workflowFile: "claude-plan.yml",
  dispatchStartedAt: 0,
  resource: null,
  hasReported: false,
  orchestratorUrl: "http://127.0.0.1:8080",
  claimToken: "claim-token",
  identifier: "ACME-1",
  maxJobMinutes: 90,
  provider: "anthropic",
  awsRegion: null,
  image: null,
  machine: { cpus: 2, memoryMb: 4096 },
  job: async () => jobSchema.parse(aJob(change.runId)),
  ...change,
});

const aJob = (runId: string) => ({
  runId,
  phase: "plan",
  runToken: "run-token",
  ticket: {
    id: "linear:1",
    identifier: "ACME-1",
    title: "Add a total",
    description: "Sum up.",
    url: "https://linear.example/ACME-1",
    relatives: [],
  },
  repository: {
    cloneUrl: "https://forge.example/acme/tally.git",
    slug: "acme/tally",
    defaultBranch: "main",
    branch: "ai-implement/acme-1-add-a-total",
    continueBranch: false,
  },
  agent: { kind: "scripted", script: "story" },
  limits: { maxTurns: 50, maxIterations: 3, maxJobMinutes: 90 },
});
