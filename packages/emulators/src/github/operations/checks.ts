import { z } from "zod";
import { jsonAnswer } from "../../shared/loopback-server.ts";
import { resolveCommit } from "../git-plumbing.ts";
import type { GithubRepository } from "../model.ts";
import { checksOf, latestChecks } from "../pulls/check-suite.ts";
import { addCheck } from "../pulls/checks.ts";
import { checkRunJson, checkSuiteJson } from "../pulls/render-check.ts";
import { errorBody, Refusal } from "../refusal.ts";
import { fullName, repositoryJson, repositoryUrl } from "../render.ts";
import { ok, pageOf, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate } from "./operation.ts";

const newCheckSchema = z.object({
  name: z.string(),
  head_sha: z.string(),
  conclusion: z
    .enum(["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"])
    .optional(),
});

/** Without a conclusion it is under way. */
export const createCheckRun: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { name, head_sha, conclusion = null } = newCheckSchema.parse(call.body);
  const commit = await commitOf(repository, head_sha);
  const check = addCheck(api, repository, { name, commit, conclusion }, api.store.app.login);
  return jsonAnswer(201, checkRunJson(api, repository, check));
};

/** With `filter=latest`, which is the default, only the last check of each name. */
export const listCheckRuns: Operate = async (api, call) => {
  const { repository, commit, path } = await namedCommit(api, call);
  const { query } = call;
  const all = query.get("filter") === "all" ? checksOf(repository, commit) : latestChecks(repository, commit);
  const [name, status] = [query.get("check_name"), query.get("status")];
  const chosen = all.filter(
    (check) =>
      (name === null || check.name === name) &&
      (status === null || status === (check.conclusion === null ? "in_progress" : "completed")) &&
      isOfApp(api, call),
  );
  const { items, headers } = pageOf(api, call, `${path}/check-runs`, chosen);
  const runs = items.map((check) => checkRunJson(api, repository, check));
  return ok({ total_count: chosen.length, check_runs: runs }, headers);
};

export const listCheckSuites: Operate = async (api, call) => {
  const { repository, commit, path } = await namedCommit(api, call);
  const name = call.query.get("check_name");
  const checks = checksOf(repository, commit).filter((check) => name === null || check.name === name);
  const suites = checks.length > 0 && isOfApp(api, call) ? [commit] : [];
  const { items, headers } = pageOf(api, call, `${path}/check-suites`, suites);
  const rendered = items.map((one) => checkSuiteJson(api, repository, one));
  return ok({ total_count: suites.length, check_suites: rendered }, headers);
};

/** Statuses are older than checks, and nobody here sets one: as GitHub answers of a commit without any. */
export const getCombinedStatus: Operate = async (api, call) => {
  const { repository, commit } = await namedCommit(api, call);
  const url = `${repositoryUrl(api, repository)}/commits/${commit}`;
  return ok({
    state: "pending",
    statuses: [],
    sha: commit,
    total_count: 0,
    repository: repositoryJson(api, repository),
    commit_url: url,
    url: `${url}/status`,
  });
};

const isOfApp = ({ store }: GithubApi, { query }: Call): boolean =>
  !query.has("app_id") || Number(query.get("app_id")) === store.app.id;

const namedCommit = async (api: GithubApi, call: Call) => {
  const repository = repositoryOf(api, call);
  const ref = call.path["ref"] ?? "";
  const commit = await commitOf(repository, ref);
  return { repository, commit, path: `/repos/${fullName(repository)}/commits/${encodeURIComponent(ref)}` };
};

/** @throws Refusal 422 where the repository has no such commit */
const commitOf = async ({ directory }: GithubRepository, name: string): Promise<string> => {
  const commit = await resolveCommit(directory, name);
  if (commit === null) throw new Refusal(422, errorBody(422, `No commit found for SHA: ${name}`));
  return commit;
};
