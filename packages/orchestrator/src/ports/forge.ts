import type { PullStanding } from "@ai-implement/contracts";
import type { ForgeKind, Repository } from "../core/project.ts";
import type { Remark } from "../core/review/remark.ts";
import type { PullRequestDraft, Reaction } from "../core/runs/effects.ts";
import type { Instant } from "../core/time.ts";
import type { SetupFinding } from "./setup-finding.ts";

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  /** By the forge's own clock; absent where the forge does not say. Remarks count as changes. */
  readonly updatedAt?: Instant;
}

export interface CloneAccess {
  /** A URL or path that git accepts. It carries no credential. */
  readonly url: string;
}

/** Good for one repository, for at most an hour (§11.2). */
export interface RepositoryAccess {
  readonly token: string;
  readonly expiresAt: Instant;
  /** `DELETE` with the token as bearer ends it. */
  readonly revokeUrl: string;
}

export type MergeResult =
  | { readonly kind: "merged"; readonly commit: string }
  | { readonly kind: "conflict"; readonly files: readonly string[] };

/** Files to be, on a branch of their own, as a pull request. */
export interface Proposal {
  readonly repository: Repository;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
  /** By path. All of them go into one commit on top of the default branch. */
  readonly files: ReadonlyMap<string, string>;
}

/** The code host. Every write has a natural key, so that a repeated one finds what the first one made. */
export interface Forge {
  readonly kind: ForgeKind;
  cloneAccess(repository: Repository): Promise<CloneAccess>;
  /** Only where git needs a credential: for the contents of this repository and nothing else (§11.2). @throws DeliveryError */
  grant?(repository: Repository, access: "read" | "write"): Promise<RepositoryAccess>;
  /** Ends it. One that has ended already is success. @throws DeliveryError */
  revoke?(access: RepositoryAccess): Promise<void>;
  /**
   * One open pull request per head: makes it, or brings title, body and draft of the open one up to date.
   * @throws DeliveryError
   */
  publish(draft: PullRequestDraft): Promise<PullRequest>;
  /** `null` means the forge answered that there is none. */
  find(repository: Repository, number: number): Promise<PullRequest | null>;
  /** Replaces the comment on the head's newest pull request whose first line is `marker`, or adds it. @throws DeliveryError */
  upsertComment(repository: Repository, head: string, marker: string, body: string): Promise<void>;
  /** Unified diff of the pull request against its base. */
  diff(repository: Repository, number: number): Promise<string>;
  /** Only where we are the code host ourselves; elsewhere people merge. @throws DeliveryError */
  merge?(repository: Repository, number: number): Promise<MergeResult>;
  /**
   * Everything that has to be right before work on this repository can start. A vendor that cannot be reached is a
   * finding, not an error.
   */
  check(repository: Repository): Promise<readonly SetupFinding[]>;
  /** A file of the default branch as text; null: the forge answered that there is none. At most 1 MiB. @throws DeliveryError */
  readFile(repository: Repository, path: string): Promise<string | null>;
  /** Names of the files right in a folder of the default branch; a folder that is not there has none. @throws DeliveryError */
  listFiles(repository: Repository, folder: string): Promise<readonly string[]>;
  /** Only where people review: what they say on a pull request. */
  readonly reviews?: ForgeReviews;
  /** Only where files can be proposed: one branch, one commit, one pull request, however often it is asked. @throws DeliveryError */
  propose?(
    proposal: Proposal,
  ): Promise<{ readonly pullRequest: PullRequest; readonly outcome: "opened" | "updated" | "unchanged" }>;
}

export interface ForgeReviews {
  /** All that was said on it at or after `since` (the forge's clock; null: ever), by whomever. Oldest first. @throws DeliveryError */
  remarks(repository: Repository, number: number, since: Instant | null): Promise<readonly Remark[]>;
  /** May this person change the repository (§11.7)? @throws DeliveryError */
  mayWrite(repository: Repository, login: string): Promise<boolean>;
  /** Once in effect. A remark that is gone is success. @throws DeliveryError */
  react(repository: Repository, remarkId: string, reaction: Reaction): Promise<void>;
  /** Null: there is no such pull request. @throws DeliveryError */
  standing(repository: Repository, number: number): Promise<PullStanding | null>;
}
