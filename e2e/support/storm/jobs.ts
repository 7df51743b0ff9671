import { randomUUID } from "node:crypto";
import type { GithubSite, SeenWorkflowRun } from "@ai-implement/emulators/github/api.ts";
import { anImplementedReport } from "@ai-implement/orchestrator/core/testing/reports.ts";
import { tally } from "../github.ts";
import type { Branches } from "./branches.ts";
import { orchestratorUrl, type StormService } from "./service.ts";
import type { JobEnd, Story } from "./story.ts";
import { fileOf } from "./tickets.ts";

export interface JobsOptions {
  readonly site: GithubSite;
  readonly branches: Branches;
  readonly service: StormService;
  readonly ends: Story["jobEnds"];
}

/** What is read of the job that a claim is answered with. */
interface JobOfAttempt {
  readonly phase: string;
  readonly runToken: string;
  readonly ticket: { readonly identifier: string };
  readonly repository: { readonly branch: string };
  readonly revision?: {
    readonly feedback: readonly { readonly kind: string; readonly author: string; readonly body: string }[];
  };
}

/** The jobs of the workflow runs, as far as the service and GitHub see them. */
export interface Jobs {
  /** Every run that waits is done, one after the other. @returns how many */
  workAll(): Promise<number>;
}

export const createJobs = (options: JobsOptions): Jobs => {
  const { site, service, branches, ends } = options;

  const endOf = async (runId: string): Promise<JobEnd> => {
    const run = (await service.store.findRun(runId))?.value;
    return ends.get(`${run?.ticket.identifier} ${run?.phase} ${run?.attempt}`) ?? "reports";
  };

  const work = async (run: SeenWorkflowRun): Promise<void> => {
    const runId = run.inputs["attempt"] ?? "";
    const end = await endOf(runId);
    site.setRun(run.id, { status: "in_progress" });
    const instance = randomUUID();
    const claimed = await post("/runner/claim", await site.oidc.token(run.id, orchestratorUrl), {
      runId,
      instance,
    });
    if (claimed.status !== 200 || end === "dies") {
      site.setRun(run.id, {
        status: "completed",
        conclusion: claimed.status === 200 ? "failure" : "success",
      });
      return;
    }
    const job = claimed.body as JobOfAttempt;
    const result = await implement(job, instance);
    if (end === "leaves-artifact")
      site.addArtifact(run.id, "ai-implement-result", { "result.json": JSON.stringify(result) });
    else await post("/runner/result", job.runToken, result);
    site.setRun(run.id, { status: "completed", conclusion: "success" });
  };

  /** Writes down what it was asked for, so that what each attempt was given shows in the repository. */
  const implement = async (job: JobOfAttempt, instance: string): Promise<object> => {
    const asked = (job.revision?.feedback ?? []).map(
      ({ kind, author, body }) => `${kind} of ${author}: ${body}`,
    );
    const { branch } = job.repository;
    const file = fileOf(job.ticket.identifier);
    const before = (await site.file(tally, branch, file)) ?? "";
    const lines = [`${job.phase}:`, ...asked.toSorted()].join("\n");
    const headCommit = await branches.commit(branch, { [file]: `${before}${lines}\n` });
    const gapAnalysis = {
      implemented: [],
      gaps: asked.map((words) => ({ claim: words.slice(0, 500) })),
      manualSteps: [],
    };
    return { instance, steps: [], report: anImplementedReport({ branch, headCommit, gapAnalysis }) };
  };

  const post = async (url: string, bearer: string, body: object) => {
    const headers = { authorization: `Bearer ${bearer}` };
    const answer = await service.app.inject({ method: "POST", url, headers, payload: body });
    return { status: answer.statusCode, body: answer.json() as unknown };
  };

  return {
    async workAll() {
      const waiting = site
        .workflowRuns(tally)
        .filter(({ status, inputs }) => status === "queued" && "attempt" in inputs);
      for (const run of waiting) await work(run);
      return waiting.length;
    },
  };
};
