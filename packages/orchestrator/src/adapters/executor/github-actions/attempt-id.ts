import type { RunId } from "../../../core/run.ts";
import type { Instant } from "../../../core/time.ts";

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isAttemptId = (text: string): text is RunId => uuid7.test(text);

/** The first 48 bits of a UUIDv7 are the millisecond in which it was made (RFC 9562, section 5.7). */
export const madeAt = (id: RunId): Instant => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
