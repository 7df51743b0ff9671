import type { TrackerKind } from "../../core/ticket.ts";

/**
 * Every tracker that there is: one folder beside this file for each, and nothing else (a test holds the two together).
 * Loaded when it is configured: what nobody uses costs no memory.
 */
export const trackerFactories = {
  linear: async () => (await import("./linear/linear-tracker.ts")).createLinearTracker,
  jira: async () => (await import("./jira/jira-tracker.ts")).createJiraTracker,
  folder: async () => (await import("./folder/folder-tracker.ts")).createFolderTracker,
} as const satisfies Partial<Record<TrackerKind, unknown>>;
