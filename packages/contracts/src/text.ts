import { z } from "zod";

/** Every string that crosses the wire has a cap (§11.8), in UTF-16 code units. */
export const short = z.string().max(200);
export const line = z.string().max(1_000);
export const paragraph = z.string().max(20_000);
export const document = z.string().max(300_000);

/** An instant on the wire: ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();

/** A UUIDv7. */
export const runId = z.uuidv7();

/** A full git commit id, SHA-1 or SHA-256. */
export const commitId = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
