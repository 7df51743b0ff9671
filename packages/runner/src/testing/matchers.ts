import { expect } from "vitest";

/** Vitest's own are typed `any`, which would spread into every assertion. */
export const containing = (text: string): unknown => expect.stringContaining(text);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
