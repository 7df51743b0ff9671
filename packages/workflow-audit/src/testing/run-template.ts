import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownActions } from "../../../emulators/src/actions/known-actions.ts";
import { type FinishedRun, runWorkflow } from "../../../emulators/src/actions/testing/run-workflow.ts";
import type { WorkflowJobRequest } from "../../../emulators/src/github/api.ts";
import { freshMachine } from "./fresh-machine.ts";
import { readTemplate } from "./templates.ts";

/** What stood around our runner when it was started. */
export interface RunnerStart {
  readonly environment: Readonly<Record<string, string>>;
  /** The file that `AI_IMPLEMENT_JOB_FILE` names, and its mode in octal; null: it names none. */
  readonly job: { readonly text: string; readonly mode: string } | null;
}

export interface TemplateRun extends FinishedRun {
  /** Null: our runner was not started. */
  readonly runner: RunnerStart | null;
}

export interface DispatchedTemplate extends Partial<Omit<WorkflowJobRequest, "source">> {
  readonly name: "claude-implement.yml" | "claude-plan.yml";
  /** The run was started again, and for how many times. */
  readonly runAttempt?: number;
  /** Made worse, or turned into something else. */
  readonly change?: (source: string) => string;
}

/** Executes every job of a template, on a machine that has nothing but what it may ask for, with a stand-in for our runner. */
export const runTemplate = async ({
  name,
  runAttempt = 1,
  change = (source) => source,
  ...request
}: DispatchedTemplate): Promise<TemplateRun> => {
  const machine = freshMachine();
  const folder = mkdtempSync(join(tmpdir(), "template-run-"));
  const record = join(folder, "runner-start.json");
  const program = join(machine.path, "ai-implement-runner");
  writeFileSync(program, standIn(record));
  chmodSync(program, 0o755);
  const inputs = { ...defaults, ...request.inputs };
  try {
    const run = await runWorkflow(
      change(readTemplate(name)),
      {
        workflow: name,
        ...request,
        inputs,
        event: { name: "workflow_dispatch", payload: { inputs } },
        environment: { ...requestEnvironment, GITHUB_RUN_ATTEMPT: String(runAttempt) },
      },
      { path: machine.path, actions: knownActions },
    );
    const runner = existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as RunnerStart) : null;
    return { ...run, runner };
  } finally {
    machine.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** GitHub fills in what a dispatch leaves out. */
const defaults = {
  attempt: "0199c0de-0000-7000-8000-000000000001",
  phase: "implement",
  identifier: "ACME-12",
  orchestrator_url: "",
  claim_token: "",
  job_minutes: "45",
  runner_image: "",
  provider: "anthropic",
  aws_region: "",
  job: "",
} as const;

const requestEnvironment = {
  GITHUB_TOKEN: "ghs_job_run",
  GITHUB_SERVER_URL: "http://127.0.0.1:1",
  ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:1/oidc/token/7?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "ghs_job_identity",
};

const standIn = (record: string): string => `#!${process.execPath}
const { AI_IMPLEMENT_JOB_FILE: file, AI_IMPLEMENT_RESULT_DIR: results } = process.env;
const fs = require("node:fs");
const job = file ? { text: fs.readFileSync(file, "utf8"), mode: (fs.statSync(file).mode & 0o777).toString(8) } : null;
fs.writeFileSync(${JSON.stringify(record)}, JSON.stringify({ environment: process.env, job }));
fs.writeFileSync(results + "/result.json", "{}");
console.log("our runner ran");
`;
