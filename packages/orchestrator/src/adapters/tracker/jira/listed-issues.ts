/** Issues that a list has shown since this process began: theirs is a mark that a look-up does not take away. */
export interface ListedIssues {
  note(issueIds: readonly string[]): void;
  has(issueId: string): boolean;
}

/** Four times what one list can show; above it, those that were shown longest ago are forgotten. */
const maxIssues = 20_000;

export const createListedIssues = (most = maxIssues): ListedIssues => {
  // A Set keeps the order of insertion: its first entry is the one that was shown longest ago.
  const shown = new Set<string>();
  return {
    note(issueIds) {
      for (const id of issueIds) {
        shown.delete(id);
        shown.add(id);
      }
      for (const id of shown) {
        if (shown.size <= most) break;
        shown.delete(id);
      }
    },
    has: (issueId) => shown.has(issueId),
  };
};
