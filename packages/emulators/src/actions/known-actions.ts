import type { ActionEmulation } from "./action-emulation.ts";
import { createGithubAppToken } from "./known-actions/app-token.ts";
import { checkout } from "./known-actions/checkout.ts";
import { uploadArtifact } from "./known-actions/upload-artifact.ts";

/** The actions that are emulated, by `owner/name`. */
export const knownActions: ReadonlyMap<string, ActionEmulation> = new Map([
  ["actions/checkout", checkout],
  ["actions/create-github-app-token", createGithubAppToken],
  ["actions/upload-artifact", uploadArtifact],
]);
