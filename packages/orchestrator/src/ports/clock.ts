import type { Instant } from "../core/time.ts";

/** Time and identity, passed in so that tests own both. */
export interface Clock {
  now(): Instant;
}

/** Makes a UUIDv7: sortable by the millisecond it was made in. */
export type NewId = () => string;
