import type { ForgeKind } from "../../core/project.ts";
import { createLocalForge } from "./local/local-forge.ts";

/**
 * Every forge that there is: one folder beside this file for each, and nothing else (a test holds the two together).
 * What needs a vendor is loaded when it is configured: what nobody uses costs no memory.
 */
export const forgeFactories = {
  local: createLocalForge,
  github: async () => (await import("./github/github-forge.ts")).createGithubForge,
} as const satisfies Record<ForgeKind, unknown>;
