import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Job, StepReport } from "@ai-implement/contracts";
import type { Agent } from "../agent/agent.ts";
import { attemptFolders } from "../attempt-folder.ts";
import { noCustomization } from "../custom/read-custom-folder.ts";
import { createRepositoryAccess } from "../git/repository-access.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";
import { createStop, type Stop } from "../pipeline/stop.ts";
import { type JobEnd, runJob } from "../run-job.ts";
import { createSharedSandbox } from "../sandbox/shared-sandbox.ts";
import { createSecrets, secretsOf } from "../secrets.ts";
import { type SampleRemote, path as usualPath } from "./sample-remote.ts";

export interface SampleRun extends JobEnd {
  /** The attempt's own folder. */
  readonly folder: string;
  /** `name status`, in order of the ends. */
  readonly ended: readonly string[];
}

/** One job of the sample repository through its real pipeline. */
export const runSample = async (
  remote: SampleRemote,
  job: Job,
  agent: Agent,
  { stop = createStop(), path = usualPath }: { stop?: Stop; path?: string } = {},
): Promise<SampleRun> => {
  const folder = join(remote.root, job.runId);
  await mkdir(folder, { recursive: true });
  const ended: string[] = [];
  const secrets = createSecrets(secretsOf(job));
  const { cloneUrl, credential = null } = job.repository;
  const sandbox = createSharedSandbox([]);
  const end = await runJob({
    job,
    pipeline: await openPipeline(job.phase, job.custom ?? noCustomization),
    folders: await attemptFolders(folder, job.runId, sandbox, path),
    surroundings: { agent, sandbox, models: null, modelCredential: "none" },
    access: createRepositoryAccess({ cloneUrl, credential, renew: null, secrets, log: () => undefined }),
    path,
    stop,
    secrets,
    onStep: ({ name, status }: StepReport) => {
      if (status !== "running") ended.push(`${name} ${status}`);
    },
    onActivity: () => undefined,
  });
  return { ...end, folder, ended };
};
