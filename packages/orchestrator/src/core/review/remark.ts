import type { Instant } from "../time.ts";

/** Something that somebody said on a pull request, as its forge has it. Hostile (§11). */
export interface Remark {
  /** By the forge's own ids: `issue-comment:12`, `review:7`, `review-comment:9`. */
  readonly id: string;
  readonly kind: "comment" | "review" | "inline-comment";
  /** With a review: what it came to. */
  readonly verdict?: "approved" | "changes-requested" | "commented";
  readonly author: string;
  /** A program, or we ourselves. */
  readonly isBot: boolean;
  readonly body: string;
  readonly path?: string;
  readonly line?: number;
  readonly url: string;
  readonly at: Instant;
}
