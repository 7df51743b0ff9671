import type { JobIdentity } from "../core/runs/job-identity.ts";

/** Tells who a job is by the token that its issuer signed. */
export interface JobIdentities {
  /**
   * Null: not genuine, expired, or meant for another audience.
   * @throws VendorError when the issuer's keys cannot be had
   */
  verify(token: string, audience: string): Promise<JobIdentity | null>;
}
