import { type ForgeKind, type Repository, repositorySlug } from "../../core/project.ts";
import type { PullRequestDraft } from "../../core/runs/effects.ts";
import { permanent } from "../../ports/delivery-error.ts";
import type { Forge, Proposal, PullRequest } from "../../ports/forge.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createWorldFiles, type WorldFiles } from "./world-files.ts";

/** A code host in memory, which keeps its port's promises, and a person's hands on it. */
export interface WorldForge extends Forge {
  readonly faults: Faults<
    "cloneAccess" | "publish" | "find" | "upsertComment" | "check" | "readFile" | "listFiles" | "propose"
  >;
  /** Every pull request there ever was, oldest first. */
  readonly pullRequests: readonly PullRequest[];
  readonly comments: readonly { readonly head: string; readonly marker: string; readonly body: string }[];
  readonly files: WorldFiles;
  /** A runner pushed work that the base does not have. */
  push(head: string): void;
  /** What a person did on the code host itself. */
  end(number: number, state: "merged" | "closed"): void;
}

export const createWorldForge = (kind: ForgeKind = "local"): WorldForge => {
  const faults: WorldForge["faults"] = createFaults(`the ${kind} forge`);
  const pullRequests: PullRequest[] = [];
  const comments: { head: string; marker: string; body: string }[] = [];
  const files = createWorldFiles();
  const unmerged = new Set<string>();

  const newestOf = (head: string) => pullRequests.findLast((pullRequest) => pullRequest.head === head);
  const replace = (number: number, change: Partial<PullRequest>): PullRequest => {
    const index = pullRequests.findIndex((pullRequest) => pullRequest.number === number);
    const found = pullRequests[index];
    if (found === undefined) throw permanent(`There is no pull request #${number}.`);
    const changed = { ...found, ...change };
    pullRequests[index] = changed;
    return changed;
  };
  const end = (number: number, state: "merged" | "closed"): void => {
    const { head } = replace(number, { state });
    if (state !== "merged") return;
    unmerged.delete(head);
    files.merge(head);
  };

  const open = (
    repository: Repository,
    fields: Omit<PullRequest, "number" | "url" | "state">,
  ): PullRequest => {
    const number = pullRequests.length + 1;
    const url = `https://forge.example/${repositorySlug(repository)}/pull/${number}`;
    const opened: PullRequest = { ...fields, number, url, state: "open" };
    pullRequests.push(opened);
    return opened;
  };
  const publish = ({ repository, head, base, title, body, draft }: PullRequestDraft): PullRequest => {
    const existing = newestOf(head);
    if (existing?.state === "open") return replace(existing.number, { title, body, draft });
    if (!unmerged.has(head)) {
      if (existing?.state === "merged") return existing;
      throw permanent(`Branch "${head}" has no commits that "${base}" lacks.`);
    }
    return open(repository, { title, body, head, base, draft });
  };
  const propose = (proposal: Proposal) => {
    const { repository, branch: head, title, body } = proposal;
    const existing = newestOf(head);
    const isNew = files.propose(proposal);
    if (existing?.state === "open")
      return {
        pullRequest: replace(existing.number, { title, body }),
        outcome: isNew ? ("updated" as const) : ("unchanged" as const),
      };
    const fields = { title, body, head, base: repository.defaultBranch, draft: false };
    return { pullRequest: open(repository, fields), outcome: "opened" as const };
  };
  const upsertComment = (head: string, marker: string, body: string): void => {
    if (newestOf(head) === undefined) throw permanent(`Branch "${head}" has no pull request.`);
    const index = comments.findIndex((comment) => comment.head === head && comment.marker === marker);
    comments.splice(index === -1 ? comments.length : index, 1, { head, marker, body });
  };
  const find = (number: number): PullRequest | null =>
    pullRequests.find((pullRequest) => pullRequest.number === number) ?? null;

  return {
    kind,
    faults,
    pullRequests,
    comments,
    files,
    push: (head) => void unmerged.add(head),
    end,
    cloneAccess: (repository) =>
      faults.around("cloneAccess", () => ({
        url: `https://forge.example/${repositorySlug(repository)}.git`,
      })),
    publish: (draft) => faults.around("publish", () => publish(draft)),
    find: (_repository, number) => faults.around("find", () => find(number)),
    upsertComment: (_repository, head, marker, body) =>
      faults.around("upsertComment", () => upsertComment(head, marker, body)),
    diff: async () => "",
    ...(kind === "local"
      ? {
          merge: async (_repository: Repository, number: number) => {
            end(number, "merged");
            return { kind: "merged" as const, commit: "c".repeat(40) };
          },
        }
      : { propose: (proposal: Proposal) => faults.around("propose", () => propose(proposal)) }),
    readFile: (repository, path) => faults.around("readFile", () => files.read(repository, path)),
    listFiles: (repository, folder) => faults.around("listFiles", () => files.list(repository, folder)),
    check: () => faults.around("check", () => [{ subject: `the ${kind} forge`, problem: null }]),
  };
};
