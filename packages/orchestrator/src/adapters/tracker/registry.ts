import type { TrackerKind } from "../../core/ticket.ts";
import { createFolderTracker } from "./folder/folder-tracker.ts";

/** Every tracker that there is: one folder beside this file for each, and nothing else (a test holds the two together). */
export const trackerFactories = {
  folder: createFolderTracker,
} as const satisfies Partial<Record<TrackerKind, unknown>>;
