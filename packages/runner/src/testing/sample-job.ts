import { type Job, jobSchema } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";

export const branch = "ai-implement/eng-1-greet";

/** A job on a repository of the test; `changes` replace whole top-level fields. */
export const sampleJob = (cloneUrl: string, changes: Partial<Job> = {}): Job =>
  jobSchema.parse({
    runId: uuidv7(),
    phase: "implement",
    runToken: "run-token-of-the-sample-job",
    ticket: {
      id: "ticket-1",
      identifier: "ENG-1",
      title: "Greet the\n  user",
      description: "The program should greet its user.",
      url: "https://tracker.example/ENG-1",
      relatives: [],
    },
    repository: {
      cloneUrl,
      slug: "acme/sample",
      defaultBranch: "main",
      branch,
      continueBranch: false,
    },
    agent: { kind: "claude-code", apiKey: "api-key-of-the-sample-job" },
    limits: { maxTurns: 10, maxIterations: 2, maxJobMinutes: 5 },
    ...changes,
  } satisfies Job);
