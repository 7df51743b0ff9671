import type { Instant } from "../../core/time.ts";

/** An instant as the wire carries it: ISO 8601 in UTC. */
export const isoOf = (at: Instant): string => new Date(at).toISOString();

export const isoOrNull = (at: Instant | null | undefined): string | null =>
  at === null || at === undefined ? null : isoOf(at);
