import { type Instant, minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";

/** Issues whose marks we changed a moment ago: Jira's search index may not know it yet (§7.2). */
export interface RecentWrites {
  note(issueId: string): void;
  /** Newest first, as many as one search takes. */
  ids(): readonly string[];
}

/** The index follows within seconds. */
const recentMs = minutes(5);
/** `reconcileIssues` takes no more. */
const maxIds = 50;

export const createRecentWrites = (clock: Clock): RecentWrites => {
  // A Map keeps the order of insertion: its last entry is the newest.
  const writes = new Map<string, Instant>();
  return {
    note(issueId) {
      writes.delete(issueId);
      writes.set(issueId, clock.now());
      for (const [id, at] of writes) {
        if (clock.now() - at < recentMs && writes.size <= maxIds) break;
        writes.delete(id);
      }
    },
    ids: () =>
      [...writes]
        .filter(([, at]) => clock.now() - at < recentMs)
        .map(([id]) => id)
        .reverse(),
  };
};
