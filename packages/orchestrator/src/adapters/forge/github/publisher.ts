import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { PullRequestDraft } from "../../../core/runs/effects.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import { isOutage } from "../../../ports/vendor-error.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import type { Branches } from "./branches.ts";
import { createDraftSwitch } from "./draft-switch.ts";
import { fitText } from "./github-text.ts";
import { type Pulls, parsePull } from "./pulls.ts";
import type { Pull } from "./schema.ts";
import { asWritten } from "./to-pull-request.ts";

export interface Published {
  readonly pull: Pull;
  readonly outcome: "opened" | "updated" | "unchanged";
}

/** One open pull request per head, however often it is asked for. @throws DeliveryError */
export type Publish = (draft: PullRequestDraft) => Promise<Published>;

export interface PublisherDependencies {
  readonly client: GithubClient;
  readonly pulls: Pulls;
  readonly branches: Branches;
}

export const createPublisher = ({ client, pulls, branches }: PublisherDependencies): Publish => {
  const lanes = createLanes();
  const setDraft = createDraftSwitch(client);

  const look = ({ repository, head }: PullRequestDraft): Promise<readonly Pull[]> =>
    pulls.ofHead(repository, head, "review");

  /** The one that carried just this commit and has ended: the answer to its publication was lost, or came late. */
  const ended = async ({ repository, head }: PullRequestDraft, [newest]: readonly Pull[]) => {
    if (newest === undefined) return null;
    const commit = await branches.commitOf(repository, head);
    const isSame = commit === newest.head.sha || (commit === null && newest.merged_at !== null);
    return isSame ? newest : null;
  };

  const create = async (draft: PullRequestDraft, asDraft = draft.draft): Promise<Pull> => {
    const { repository, head, base, title, body } = draft;
    const { json } = await client.write(repository, "review", {
      method: "POST",
      path: repositoryApiPath(repository, "pulls"),
      counts: "content",
      body: { title, head, base, body: fitText(body), draft: asDraft },
    });
    return parsePull(repository, json);
  };

  const open = async (draft: PullRequestDraft, before: readonly Pull[]): Promise<Published> => {
    try {
      return { pull: await createAsSupported(draft), outcome: "opened" };
    } catch (error) {
      if (mayHaveBeenMade(error)) {
        const made = openOf(await look(draft), draft);
        if (made !== null) return bringUpToDate(made, draft);
      }
      const [newest] = before;
      if (refusal(error) === "no-commits" && newest?.merged_at != null)
        return { pull: newest, outcome: "unchanged" };
      throw explained(error, draft);
    }
  };

  /** Private repositories of some plans have no drafts: the description says what is not done all the same. */
  const createAsSupported = async (draft: PullRequestDraft): Promise<Pull> => {
    try {
      return await create(draft);
    } catch (error) {
      if (draft.draft && refusal(error) === "no-drafts") return create(draft, false);
      throw error;
    }
  };

  const bringUpToDate = async (pull: Pull, draft: PullRequestDraft): Promise<Published> => {
    const { repository, base, title } = draft;
    const body = fitText(draft.body);
    const isDraft = await setDraft(repository, pull, draft.draft);
    const change = {
      ...(title === pull.title ? {} : { title }),
      ...(asWritten(body) === asWritten(pull.body) ? {} : { body }),
      ...(base === pull.base.ref ? {} : { base }),
    };
    const outcome = isDraft === pull.draft ? "unchanged" : "updated";
    if (Object.keys(change).length === 0) return { pull: { ...pull, draft: isDraft }, outcome };
    const { json } = await client.write(repository, "review", {
      method: "PATCH",
      path: repositoryApiPath(repository, "pulls", pull.number),
      counts: "plain",
      body: change,
    });
    return { pull: parsePull(repository, json), outcome: "updated" };
  };

  const publish: Publish = async (draft) => {
    const found = await look(draft);
    const alive = openOf(found, draft);
    if (alive !== null) return bringUpToDate(alive, draft);
    const over = await ended(draft, found);
    return over === null ? open(draft, found) : { pull: over, outcome: "unchanged" };
  };

  return (draft) => lanes.run(laneOf(draft.repository, draft.head), () => publish(draft));
};

const laneOf = (repository: Repository, head: string): string =>
  `${repositorySlug(repository).toLowerCase()} ${head}`;

/** People may have opened another one from the same head: the one into our base is ours. */
const openOf = (pulls: readonly Pull[], { base }: PullRequestDraft): Pull | null => {
  const open = pulls.filter(({ state }) => state === "open");
  return open.find((pull) => pull.base.ref === base) ?? open[0] ?? null;
};

const mayHaveBeenMade = (error: unknown): boolean =>
  refusal(error) === "exists" || (isOutage(error) && !(error instanceof DeliveryError && error.nothingDone));

type Refusal = "exists" | "no-commits" | "no-drafts" | "no-head" | "no-base";

const refusals: readonly (readonly [RegExp, Refusal])[] = [
  [/pull request already exists/i, "exists"],
  [/no commits between/i, "no-commits"],
  [/draft pull requests are not supported/i, "no-drafts"],
  [/PullRequest head invalid/i, "no-head"],
  [/PullRequest base invalid/i, "no-base"],
];

/** What a 422 comes to: GitHub says it in words only. */
const refusal = (error: unknown): Refusal | null => {
  if (!(error instanceof GithubError) || error.status !== 422) return null;
  return refusals.find(([words]) => words.test(error.message))?.[1] ?? null;
};

const explained = (error: unknown, { repository, head, base }: PullRequestDraft): unknown => {
  const slug = repositorySlug(repository);
  switch (refusal(error)) {
    case "no-commits":
      return permanent(`Branch "${head}" of ${slug} has no commits that "${base}" lacks.`, error);
    case "no-head":
      return permanent(`There is no branch "${head}" in ${slug}: push it first.`, error);
    case "no-base":
      return permanent(
        `There is no branch "${base}" in ${slug}: correct the project's defaultBranch.`,
        error,
      );
    case "exists":
      return new DeliveryError(`Somebody has just opened a pull request of "${head}" in ${slug}.`, {
        retryable: true,
        cause: error,
      });
    case "no-drafts":
    case null:
      return error;
  }
};
