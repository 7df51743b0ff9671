import type { ForgeKind } from "../../core/project.ts";
import { createLocalForge } from "./local/local-forge.ts";

/** Every forge that there is: one folder beside this file for each, and nothing else (a test holds the two together). */
export const forgeFactories = {
  local: createLocalForge,
} as const satisfies Partial<Record<ForgeKind, unknown>>;
