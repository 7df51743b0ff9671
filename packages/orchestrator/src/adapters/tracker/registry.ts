import type { TrackerKind } from "../../core/ticket.ts";
import { createFolderTracker } from "./folder/folder-tracker.ts";
import { createJiraTracker } from "./jira/jira-tracker.ts";
import { createLinearTracker } from "./linear/linear-tracker.ts";

/** Every tracker that there is: one folder beside this file for each, and nothing else (a test holds the two together). */
export const trackerFactories = {
  linear: createLinearTracker,
  jira: createJiraTracker,
  folder: createFolderTracker,
} as const satisfies Partial<Record<TrackerKind, unknown>>;
