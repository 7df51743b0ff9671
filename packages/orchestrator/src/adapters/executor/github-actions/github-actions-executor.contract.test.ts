import type { WorkflowExecution } from "@ai-implement/emulators/github/api.ts";
import { describe } from "vitest";
import { describeExecutor } from "../executor-contract.ts";
import { result } from "./testing/a-result.ts";
import {
  githubOpenApi,
  openGithubActionsScene,
  resultArtifact,
  tally,
} from "./testing/github-actions-scene.ts";

/** Stands in for the runner: what an attempt does is the identifier of its ticket. */
const createRunner = () => {
  const starts = new Map<string, number>();
  const execute: WorkflowExecution = async ({ inputs, cancelled, uploadArtifact }) => {
    const { attempt = "", identifier } = inputs;
    // The claim: the first wins (§8.1).
    if (starts.has(attempt)) return "failure";
    starts.set(attempt, 1);
    switch (identifier) {
      case "leaves-a-report":
        uploadArtifact(resultArtifact, { "result.json": Buffer.from(JSON.stringify(result)) });
        return "success";
      case "fails":
        return "failure";
      default:
        await new Promise((resolve) => cancelled.addEventListener("abort", resolve));
        return "cancelled";
    }
  };
  return { execute, startsOf: (attempt: string) => starts.get(attempt) ?? 0 };
};

describe.skipIf(githubOpenApi === null)("over GitHub's own description", () => {
  describeExecutor("github-actions", { adopts: "at-the-claim", failure: "ended in failure" }, async () => {
    const runner = createRunner();
    const scene = await openGithubActionsScene({ execute: runner.execute });
    const restarted = await scene.restarted();
    return {
      executor: scene.executor,
      attempt: (behaviour) => ({ identifier: behaviour, repository: tally }),
      starts: async ({ runId }) => runner.startsOf(runId),
      report: result.report,
      restarted: () => restarted,
      close: scene.close,
    };
  });
});
