import type { Permissions } from "./api.ts";

/** A repository: its git data is real and lies in `directory`, bare; the rest is here. */
export interface GithubRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly directory: string;
  readonly defaultBranch: string;
  archived: boolean;
  readonly protectedBranches: Set<string>;
  /** By login, lower case; who is not here has `read`. */
  readonly permissions: Map<string, "admin" | "write" | "read" | "none">;
  readonly secrets: Map<string, string>;
  readonly variables: Map<string, string>;
  /** Issues and pull requests count in one row, from 1. */
  nextNumber: number;
  readonly pulls: Map<number, GithubPull>;
  readonly checks: GithubCheck[];
}

export interface GithubPull {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string;
  readonly author: string;
  /** Branch name. */
  readonly head: string;
  /** `owner/name`. */
  readonly headRepository: string;
  base: string;
  /** The head's commit when it was last looked at; kept once the branch is gone. */
  headSha: string;
  state: "open" | "closed";
  draft: boolean;
  merged: { readonly at: number; readonly by: string; readonly sha: string } | null;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  readonly comments: GithubComment[];
  readonly reviews: GithubReview[];
  readonly reviewComments: GithubReviewComment[];
  comparison: PullComparison;
}

/** Head and base as git compares them: looked at whenever a ref moved, kept once the pull request is closed. */
export interface PullComparison {
  /** Tip of the base branch at that time. */
  readonly baseSha: string;
  readonly mergeable: boolean;
  /** SHAs that only the head has, oldest first. */
  readonly commits: readonly string[];
  /** Unified, from where the head left the base. */
  readonly diff: string;
}

export interface GithubComment {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly reactions: GithubReaction[];
}

export interface GithubReaction {
  readonly id: number;
  /** `eyes`, `+1`, … */
  readonly content: string;
  readonly author: string;
  readonly createdAt: number;
}

export interface GithubReview {
  readonly id: number;
  readonly author: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  readonly body: string;
  readonly submittedAt: number;
  readonly commit: string;
}

export interface GithubReviewComment extends GithubComment {
  readonly reviewId: number;
  readonly path: string;
  readonly line: number;
  readonly commit: string;
  /** The piece of the diff that it was written to, up to its line. */
  readonly hunk: string;
  /** Lines below the first hunk of the file's diff. */
  readonly position: number;
  readonly inReplyTo: number | null;
}

export interface GithubCheck {
  readonly id: number;
  readonly commit: string;
  readonly name: string;
  /** Null: it is under way. */
  readonly conclusion:
    | "success"
    | "failure"
    | "neutral"
    | "cancelled"
    | "skipped"
    | "timed_out"
    | "action_required"
    | null;
}

export interface GithubWorkflowRun {
  readonly id: number;
  readonly repository: GithubRepository;
  readonly workflow: string;
  readonly source: string;
  readonly ref: string;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly displayTitle: string;
  readonly actor: string;
  readonly headSha: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: "success" | "failure" | "cancelled" | "timed_out" | null;
  readonly createdAt: number;
  updatedAt: number;
  /** In no list before this time, in ms since the epoch. */
  readonly listedFrom: number;
  readonly artifacts: {
    readonly id: number;
    readonly name: string;
    /** A zip archive. */
    readonly archive: Uint8Array;
    readonly createdAt: number;
  }[];
}

export interface GithubInstallation {
  readonly id: number;
  readonly account: string;
  /** Null: all. */
  repositories: readonly string[] | null;
  permissions: Permissions;
  suspended: boolean;
}

/** Who a request comes from, once its credential was looked at. */
export type Caller =
  | { readonly kind: "app" }
  | {
      readonly kind: "installation";
      readonly token: string;
      readonly installation: GithubInstallation;
      /** Names without the owner; null: all of the installation. */
      readonly repositories: readonly string[] | null;
      readonly permissions: Permissions;
    }
  | { readonly kind: "nobody" };

export interface GithubStore {
  /** Login of the App: `<slug>[bot]`. */
  readonly app: { readonly id: number; readonly slug: string; readonly login: string };
  readonly repositories: readonly GithubRepository[];
  find(owner: string, name: string): GithubRepository | null;
  /** The one that had this name before it was renamed, or null. */
  formerly(owner: string, name: string): GithubRepository | null;
  readonly installations: readonly GithubInstallation[];
  readonly workflowRuns: Map<number, GithubWorkflowRun>;
  /** Unique over everything that has an id. */
  nextId(): number;
  now(): number;
  /** Runs git in the bare repository. @throws Error with git's own words when it exits with anything but 0 */
  git(repository: GithubRepository, args: readonly string[], input?: string | Uint8Array): Promise<string>;
  /** Called after every change of refs, however it was made: brings pull requests up to date. */
  refsChanged(repository: GithubRepository): Promise<void>;
  onRefsChanged(listener: (repository: GithubRepository) => Promise<void>): void;
  /** Sends the webhook `name` with these fields beside `action`, `repository`, `installation` and `sender`. */
  emit(event: {
    readonly name: string;
    readonly action: string;
    readonly repository: GithubRepository;
    readonly sender: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }): void;
}
