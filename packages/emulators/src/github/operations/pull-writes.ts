import { z } from "zod";
import { jsonAnswer } from "../../shared/loopback-server.ts";
import { branchSha, isAncestor } from "../git-plumbing.ts";
import type { GithubPull, GithubRepository } from "../model.ts";
import { compareCommits, fetchHead, type Head, mergeBase, type PullPlace } from "../pulls/compare.ts";
import { closePull, editPull, openPull, openPullOf, reopenPull } from "../pulls/lifecycle.ts";
import { isTooLong, pullError, pullOf } from "../pulls/lookup.ts";
import { mergePull } from "../pulls/merge.ts";
import { isApproved, pullJson, repositoryOfHead } from "../pulls/render-pull.ts";
import { invalid, refuse } from "../refusal.ts";
import { sameName } from "../render.ts";
import { ok, repositoryOf } from "./answers.ts";
import type { GithubApi, Operate } from "./operation.ts";

const newPullSchema = z.object({
  title: z.string().optional(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
});

/** Refuses, in GitHub's order: ends that are nowhere, one for the same ends, and nothing to merge. */
export const createPull: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { title, head: wanted, base, body, draft = false } = newPullSchema.parse(call.body);
  if (title === undefined || title.trim() === "")
    throw invalid({ resource: "PullRequest", code: "missing_field", field: "title" });
  requireTexts({ title, body: body ?? "" });
  const baseSha = await branchSha(repository.directory, base);
  if (baseSha === null) throw invalidEnd("base");
  const head = headOf(api, repository, wanted);
  const headSha = head === null ? null : await fetchHead(api, repository, head);
  if (head === null || headSha === null) throw invalidEnd("head");
  const exists = (): Error =>
    invalid(pullError(null, `A pull request already exists for ${head.repository.owner}:${head.branch}.`));
  const headRepository = `${head.repository.owner}/${head.repository.name}`;
  if (openPullOf(repository, { head: head.branch, headRepository, base }) !== null) throw exists();
  if (await isAncestor(repository.directory, headSha, baseSha))
    throw invalid(pullError(null, `No commits between ${base} and ${head.branch}`));
  if ((await mergeBase(repository, baseSha, headSha)) === null)
    throw invalid(pullError(null, `The ${head.branch} branch has no history in common with ${base}`));
  const ends = { head, headSha, base, baseSha };
  const author = api.store.app.login;
  const pull = await openPull(api, repository, { ...ends, title, body: body ?? "", draft, author });
  if (pull === null) throw exists();
  const made = pullJson(api, { repository, pull });
  return jsonAnswer(201, made, { location: String(made["url"]) });
};

/** `branch`, or `owner:branch` for a fork of the same name. */
const headOf = (api: GithubApi, repository: GithubRepository, wanted: string): Head | null => {
  const [, owner = repository.owner, branch = wanted] = /^([^:]+):(.+)$/.exec(wanted) ?? [];
  const from = sameName(owner, repository.owner) ? repository : api.store.find(owner, repository.name);
  return from === null ? null : { repository: from, branch };
};

const invalidEnd = (field: "base" | "head"): Error =>
  invalid({ resource: "PullRequest", code: "invalid", field });

const maxTitle = 256;

const requireTexts = ({
  title = "",
  body = "",
}: {
  readonly title?: string;
  readonly body?: string;
}): void => {
  if (isTooLong(body)) throw invalid(pullError("body", "body is too long (maximum is 65536 characters)"));
  if (title.length > maxTitle)
    throw invalid(pullError("title", `title is too long (maximum is ${maxTitle} characters)`));
};

const editSchema = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});

export const updatePull: Operate = async (api, call) => {
  const place = pullOf(api, call);
  const { title, body, state, base } = editSchema.parse(call.body ?? {});
  const texts = {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body: body ?? "" }),
  };
  requireTexts(texts);
  const moved = base === undefined || base === place.pull.base ? {} : await moveBase(api, place, base);
  if (state === "open" && place.pull.state === "closed") await requireReopenable(api, place);
  const sender = api.store.app.login;
  editPull(api, place, sender, { ...texts, ...moved });
  if (state === "closed") closePull(api, place, sender);
  if (state === "open") {
    reopenPull(api, place, sender);
    // The head may have moved on while nobody followed it.
    await api.store.refsChanged(place.repository);
  }
  return ok(pullJson(api, place));
};

const moveBase = async (
  api: GithubApi,
  { repository, pull }: PullPlace,
  base: string,
): Promise<Pick<GithubPull, "base" | "comparison">> => {
  if (pull.state === "closed")
    throw invalid(pullError("base", "Cannot change the base branch of a closed pull request."));
  const baseSha = await branchSha(repository.directory, base);
  if (baseSha === null) throw invalidEnd("base");
  if (await isAncestor(repository.directory, pull.headSha, baseSha))
    throw invalid(
      pullError(
        "base",
        `There are no new commits between base branch '${base}' and head branch '${pull.head}'`,
      ),
    );
  return { base, comparison: await compareCommits(api, repository, baseSha, pull.headSha) };
};

/** @throws Refusal 422 where it is merged, another one took its place, or its branch is gone or another one */
const requireReopenable = async (api: GithubApi, { repository, pull }: PullPlace): Promise<void> => {
  const never = (why: string): Error => invalid(pullError("state", `state cannot be changed. ${why}`));
  if (pull.merged !== null) throw never("The pull request cannot be reopened.");
  if (openPullOf(repository, pull) !== null) {
    const [owner = ""] = pull.headRepository.split("/");
    throw never(`There is already an open pull request from ${owner}:${pull.head} to ${pull.base}.`);
  }
  const from = repositoryOfHead(api, pull);
  const sha = from && (await fetchHead(api, repository, { repository: from, branch: pull.head }));
  if (sha === null) throw never(`The ${pull.head} branch has been deleted.`);
  if (!(await isAncestor(repository.directory, pull.headSha, sha)))
    throw never(`The ${pull.head} branch was force-pushed or recreated.`);
};

const mergeSchema = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
});

export const mergePullRequest: Operate = async (api, call) => {
  const place = pullOf(api, call);
  const { repository, pull } = place;
  const {
    commit_title: title,
    commit_message: message,
    sha,
    merge_method: method,
  } = mergeSchema.parse(call.body ?? {});
  if (method === "rebase") throw refuse(405, "Rebase merges are not allowed on this repository.");
  if (pull.draft && pull.state === "open") throw refuse(405, "Pull Request is still a draft");
  if (sha !== undefined && sha !== pull.headSha)
    throw refuse(409, "Head branch was modified. Review and try the merge again.");
  if (repository.protectedBranches.has(pull.base) && !isApproved(pull))
    throw refuse(405, "At least 1 approving review is required by reviewers with write access.");
  const outcome = await mergePull(api, place, {
    by: api.store.app.login,
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
    ...(method === undefined ? {} : { method }),
  });
  switch (outcome.kind) {
    case "merged":
      return ok({ sha: outcome.sha, merged: true, message: "Pull Request successfully merged" });
    case "not-mergeable":
      throw refuse(405, "Pull Request is not mergeable");
    case "base-modified":
      throw refuse(405, "Base branch was modified. Review and try the merge again.");
  }
};
