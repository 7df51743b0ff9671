import type { RunReport } from "@ai-implement/contracts";

export type ImplementedReport = Extract<RunReport, { outcome: "implemented" }>;

/** Ready to be merged as far as we can tell: the reviewer agreed and the repository's own check passed. */
export const isApproved = ({ review, verification }: ImplementedReport): boolean =>
  review.approved && (verification === undefined || verification.exitCode === 0);
