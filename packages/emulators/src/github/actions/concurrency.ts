import type { RunDetail } from "./run-detail.ts";

/** What a new run means for the runs of its group that are not over. */
export interface GroupDecision {
  /** It has to wait until no other one of the group is left. */
  readonly waits: boolean;
  readonly cancels: readonly RunDetail[];
}

/**
 * One running and one pending run for each group: a newer pending one cancels the older.
 * https://docs.github.com/actions/concepts/workflows-and-actions/concurrency
 * @param others the runs of the same group that are not over
 */
export const decideGroup = (others: readonly RunDetail[], cancelInProgress: boolean): GroupDecision => ({
  waits: others.some(({ pending }) => !pending),
  cancels: cancelInProgress ? others : others.filter(({ pending }) => pending),
});
