import { createAwsSessions } from "../aws/aws-sessions.ts";
import { createIdentify } from "../identity/job-identity.ts";
import type { Secrets } from "../secrets.ts";
import type { OpenAwsSessions } from "./equip.ts";

export interface AwsSurroundings {
  readonly runId: string;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
}

/** Roles are taken in the name of the run, so that the account's own log tells one run from another. */
export const openAwsSessionsFor =
  ({ runId, secrets, signal }: AwsSurroundings): OpenAwsSessions =>
  (role, identity, stsUrl) =>
    createAwsSessions({
      role,
      identify: createIdentify({ endpoint: identity, secrets, signal }),
      secrets,
      signal,
      url: stsUrl,
      sessionName: `ai-implement-${runId}`,
    });
