/** Milliseconds since the Unix epoch. `core/` never asks what time it is: callers pass it in. */
export type Instant = number;

export const seconds = (n: number): number => n * 1000;
export const minutes = (n: number): number => seconds(n * 60);
export const hours = (n: number): number => minutes(n * 60);

/** `2026-11-22 09:12 UTC`: how comments and explanations write an instant. */
export type FormatInstant = (at: Instant) => string;
