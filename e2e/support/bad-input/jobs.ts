import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunnerFailureReason } from "@ai-implement/contracts";
import type { GithubSite, SeenWorkflowRun } from "@ai-implement/emulators/github/api.ts";
import { aFailedReport, anImplementedReport } from "@ai-implement/orchestrator/core/testing/reports.ts";
import { execa } from "execa";
import { tally } from "../github.ts";
import { orchestratorUrl } from "./service.ts";
import type { BadInputWorld } from "./world.ts";

/** What is read of the job that a claim is answered with. */
interface ClaimedJob {
  readonly runToken: string;
  readonly ticket: { readonly description: string };
  readonly repository: {
    readonly branch: string;
    readonly cloneUrl: string;
    readonly credential?: { readonly token: string };
  };
}

/** A workflow run whose runner has claimed its attempt. */
export interface BegunWork {
  readonly run: SeenWorkflowRun;
  readonly job: ClaimedJob;
  readonly instance: string;
}

/** The newest workflow run. */
export const newestRun = (site: GithubSite): SeenWorkflowRun => {
  const run = site.workflowRuns().at(-1);
  if (run === undefined) throw new Error("No workflow was started.");
  return run;
};

/** As the runner asks: with the identity of the job. */
export const claim = async (
  { emulator, service }: BadInputWorld,
  run: SeenWorkflowRun,
  { runId = run.inputs["attempt"] ?? "", instance = randomUUID() as string } = {},
) => {
  const bearer = await emulator.site.oidc.token(run.id, orchestratorUrl);
  const answer = await post(service, "/runner/claim", bearer, { runId, instance });
  return { ...answer, instance };
};

export const post = async (
  { app }: BadInputWorld["service"],
  url: string,
  bearer: string,
  payload: object,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const headers = { authorization: `Bearer ${bearer}` };
  const answer = await app.app.inject({ method: "POST", url, headers, payload });
  return { status: answer.statusCode, body: answer.json() as unknown };
};

/** The newest run is on a machine, and its runner has its job. */
export const beginWork = async (world: BadInputWorld): Promise<BegunWork> => {
  const { site } = world.emulator;
  const run = newestRun(site);
  site.setRun(run.id, { status: "in_progress" });
  const { status, body, instance } = await claim(world, run);
  if (status !== 200) throw new Error(`The claim was answered with ${status}: ${JSON.stringify(body)}`);
  return { run, job: body as ClaimedJob, instance };
};

interface Attempted {
  readonly instance: string;
  readonly job: { readonly repository: { readonly branch: string } };
}

/** What a runner leaves or sends that has pushed one commit to the branch. */
export const implemented = async (site: GithubSite, { instance, job }: Attempted) => {
  const { branch } = job.repository;
  const headCommit = await site.commit(tally, branch, { "docs/work.md": `Work of ${instance}.\n` });
  const gapAnalysis = { implemented: [{ claim: "All of it." }], gaps: [], manualSteps: [] };
  return { instance, steps: [], report: anImplementedReport({ branch, headCommit, gapAnalysis }) };
};

export const failed = (
  { instance }: Pick<BegunWork, "instance">,
  reason: RunnerFailureReason,
  message: string,
) => ({
  instance,
  steps: [],
  report: aFailedReport(reason, message),
});

/** The runner says how it went, and the workflow run ends. */
export const send = async (world: BadInputWorld, { run, job }: BegunWork, result: object): Promise<void> => {
  const { status, body } = await post(world.service, "/runner/result", job.runToken, result);
  if (status !== 200) throw new Error(`The result was answered with ${status}: ${JSON.stringify(body)}`);
  world.emulator.site.setRun(run.id, { status: "completed", conclusion: "success" });
};

/** The newest run from its claim to its end, as it goes where nothing is wrong. */
export const work = async (world: BadInputWorld): Promise<BegunWork> => {
  const begun = await beginWork(world);
  await send(world, begun, await implemented(world.emulator.site, begun));
  return begun;
};

/** With the job's own credential. @returns what git said */
export const pushByGit = async ({ repository }: ClaimedJob): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "ai-implement-push-"));
  const basic = Buffer.from(`x-access-token:${repository.credential?.token ?? ""}`).toString("base64");
  const git = async (...args: readonly string[]) =>
    execa("git", ["-c", `http.extraHeader=Authorization: Basic ${basic}`, ...args], {
      cwd: folder,
      env: { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" },
      reject: false,
    });
  try {
    await git("clone", "--quiet", repository.cloneUrl, ".");
    const { stderr } = await git("push", "origin", `HEAD:refs/heads/${repository.branch}`);
    return stderr;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
