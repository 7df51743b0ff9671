import type { GithubPull, GithubRepository } from "../model.ts";
import type { GithubApi } from "../operations/operation.ts";
import { fullName, sameName } from "../render.ts";
import { compareCommits, type Head, keepHead, type PullPlace } from "./compare.ts";
import { type PullChange, pullRequestFields } from "./payloads.ts";

export interface NewPull {
  readonly head: Head;
  readonly headSha: string;
  readonly base: string;
  readonly baseSha: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly author: string;
}

/**
 * Takes the next number of the repository and tells of it. What is allowed was looked at before.
 * @returns null where the same head waits for the same base already
 */
export const openPull = async (
  api: GithubApi,
  repository: GithubRepository,
  { head, headSha, base, baseSha, title, body, draft, author }: NewPull,
): Promise<GithubPull | null> => {
  const comparison = await compareCommits(api, repository, baseSha, headSha);
  const headRepository = fullName(head.repository);
  // Looked at after git was asked: of two requests at the same time, one finds the other's pull request.
  if (openPullOf(repository, { head: head.branch, headRepository, base }) !== null) return null;
  const at = api.now();
  const pull: GithubPull = {
    id: api.store.nextId(),
    number: repository.nextNumber,
    title,
    body,
    author,
    head: head.branch,
    headRepository,
    base,
    headSha,
    state: "open",
    draft,
    merged: null,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    comments: [],
    reviews: [],
    reviewComments: [],
    comparison,
  };
  repository.nextNumber += 1;
  repository.pulls.set(pull.number, pull);
  tell(api, { repository, pull }, author, { action: "opened" });
  await keepHead(api, repository, pull.number, headSha);
  // A push may have come while git compared.
  await api.store.refsChanged(repository);
  return pull;
};

/** The open pull request for a head and a base: there is at most one. */
export const openPullOf = (
  { pulls }: GithubRepository,
  { head, headRepository, base }: Pick<GithubPull, "head" | "headRepository" | "base">,
): GithubPull | null =>
  [...pulls.values()].find(
    (pull) =>
      pull.state === "open" &&
      pull.head === head &&
      pull.base === base &&
      sameName(pull.headRepository, headRepository),
  ) ?? null;

/** Nothing where it is closed already. */
export const closePull = (
  api: GithubApi,
  place: PullPlace,
  sender: string,
  merged: { readonly sha: string } | null = null,
): void => {
  const { pull } = place;
  if (pull.state === "closed") return;
  const at = api.now();
  Object.assign(pull, { state: "closed", closedAt: at, updatedAt: at } satisfies Partial<GithubPull>);
  if (merged !== null) pull.merged = { at, by: sender, sha: merged.sha };
  tell(api, place, sender, { action: "closed" });
};

/** Nothing where it is open already. What is allowed was looked at before. */
export const reopenPull = (api: GithubApi, place: PullPlace, sender: string): void => {
  const { pull } = place;
  if (pull.state === "open") return;
  Object.assign(pull, { state: "open", closedAt: null, updatedAt: api.now() } satisfies Partial<GithubPull>);
  tell(api, place, sender, { action: "reopened" });
};

/** Title, body or base; nothing where they are as they were. */
export const editPull = (
  api: GithubApi,
  place: PullPlace,
  sender: string,
  edit: Partial<Pick<GithubPull, "title" | "body" | "base" | "comparison">>,
): void => {
  const { pull } = place;
  const { title = pull.title, body = pull.body, base = pull.base } = edit;
  const changes = {
    ...(title === pull.title ? {} : { title: { from: pull.title } }),
    ...(body === pull.body ? {} : { body: { from: pull.body } }),
    ...(base === pull.base
      ? {}
      : { base: { ref: { from: pull.base }, sha: { from: pull.comparison.baseSha } } }),
  };
  if (Object.keys(changes).length === 0) return;
  Object.assign(pull, edit, { updatedAt: api.now() });
  tell(api, place, sender, { action: "edited", changes });
};

/** What REST cannot do: from draft to ready for review, and back. Nothing where it is so already. */
export const setDraft = (api: GithubApi, place: PullPlace, draft: boolean, sender: string): void => {
  const { pull } = place;
  if (pull.draft === draft) return;
  Object.assign(pull, { draft, updatedAt: api.now() } satisfies Partial<GithubPull>);
  tell(api, place, sender, { action: draft ? "converted_to_draft" : "ready_for_review" });
};

/** A push moved the head. */
export const synchronizePull = (
  api: GithubApi,
  place: PullPlace,
  sender: string,
  moved: Pick<GithubPull, "headSha" | "comparison">,
): void => {
  const { pull } = place;
  const before = pull.headSha;
  Object.assign(pull, moved, { updatedAt: api.now() });
  tell(api, place, sender, { action: "synchronize", before, after: moved.headSha });
};

const tell = (api: GithubApi, place: PullPlace, sender: string, change: PullChange): void =>
  api.store.emit({
    name: "pull_request",
    action: change.action,
    repository: place.repository,
    sender,
    fields: pullRequestFields(api, place, change),
  });
