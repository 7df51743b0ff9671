import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { succeeded } from "../process/run-command.ts";
import { type GitOptions, reasonOf } from "./git.ts";

/** Git copies a repository that is named by a path, whole; only through a URL can it be shallow. */
export const remoteUrl = (cloneUrl: string): string =>
  isAbsolute(cloneUrl) ? pathToFileURL(cloneUrl).href : cloneUrl;

export interface RemoteState {
  /** Where the job's branch stands; null when the remote answered that it has none. */
  readonly branchHead: string | null;
}

type RemoteInput = Pick<StepInput, "git" | "folders" | "job" | "access" | "steps">;

/** The options of a git command that reaches the remote. @throws StepFailure */
export const reachingRemote = async (
  { access, steps }: Pick<StepInput, "access" | "steps">,
  options: GitOptions,
): Promise<GitOptions> => ({
  ...options,
  environment: { ...options.environment, ...(await access.environment(steps)) },
});

/** What the remote has, before anything is fetched. @throws StepFailure `clone-failed`, naming the fix */
export const lookAtRemote = async (input: RemoteInput): Promise<RemoteState> => {
  const { defaultBranch, branch, slug, cloneUrl } = input.job.repository;
  const heads = await listHeads(input, [`refs/heads/${defaultBranch}`, `refs/heads/${branch}`]);
  if (!heads.has(`refs/heads/${defaultBranch}`)) {
    const all = await listHeads(input, []);
    throw new StepFailure(
      "clone-failed",
      all.size === 0
        ? `${slug} (${cloneUrl}) has no commits: push a first commit to "${defaultBranch}".`
        : `${slug} (${cloneUrl}) has no branch "${defaultBranch}": set the project's defaultBranch to one that exists.`,
    );
  }
  return { branchHead: heads.get(`refs/heads/${branch}`) ?? null };
};

/** Where the job's branch stands on the remote now, null when it is not there. @throws StepFailure */
export const remoteBranchHead = async (input: RemoteInput): Promise<string | null> => {
  const ref = `refs/heads/${input.job.repository.branch}`;
  return (await listHeads(input, [ref])).get(ref) ?? null;
};

const listHeads = async (
  input: RemoteInput,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { slug, cloneUrl } = input.job.repository;
  const result = await input.git.attempt(
    ["ls-remote", "--heads", "--", remoteUrl(cloneUrl), ...patterns],
    await reachingRemote(input, { directory: input.folders.own, timeoutMs: 60_000 }),
  );
  if (!succeeded(result))
    throw new StepFailure(
      "clone-failed",
      `${slug} could not be reached at ${cloneUrl}: ${reasonOf(result)}. Check that the repository exists and that the service may read it.`,
    );
  const lines = result.stdout.split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [commit = "", ref = ""] = line.split("\t");
      return [ref, commit] as const;
    }),
  );
};
