import type { ForgeKind, Repository } from "../core/project.ts";
import type { PullRequestDraft } from "../core/runs/effects.ts";
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
}

export interface CloneAccess {
  /** A URL or path that git accepts. It carries no credential. */
  readonly url: string;
}

export type MergeResult =
  | { readonly kind: "merged"; readonly commit: string }
  | { readonly kind: "conflict"; readonly files: readonly string[] };

/** The code host. Every write has a natural key, so that a repeated one finds what the first one made. */
export interface Forge {
  readonly kind: ForgeKind;
  cloneAccess(repository: Repository): Promise<CloneAccess>;
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
}
