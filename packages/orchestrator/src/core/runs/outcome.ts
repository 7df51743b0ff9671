import type { RunReport } from "@ai-implement/contracts";

export type ImplementedReport = Extract<RunReport, { outcome: "implemented" }>;

/** Ready to be merged as far as we can tell: it came to its end, the reviewer agreed and the repository's own check passed. */
export const isApproved = ({ review, verification, stopped }: ImplementedReport): boolean =>
  stopped === undefined && review.approved && (verification === undefined || verification.exitCode === 0);
