import type { Instant } from "../core/time.ts";
import type { PullRequest } from "./forge.ts";

export interface LocalComment {
  readonly marker: string;
  readonly body: string;
}

export interface LocalPullRequest extends Omit<PullRequest, "url"> {
  /** `owner/name`. */
  readonly repository: string;
  readonly comments: readonly LocalComment[];
  readonly updatedAt: Instant;
}

/** What the local forge keeps, being the code host: the pull requests of its bare repositories. */
export interface LocalPullRequests {
  /** The newest pull request of this head first. */
  findByHead(repository: string, head: string): Promise<LocalPullRequest | null>;
  findByNumber(repository: string, number: number): Promise<LocalPullRequest | null>;
  /** Makes the next number of the repository. At most one open one per head: a second is `null`. */
  open(draft: Omit<LocalPullRequest, "number" | "comments" | "state">): Promise<LocalPullRequest | null>;
  save(pullRequest: LocalPullRequest): Promise<void>;
}
