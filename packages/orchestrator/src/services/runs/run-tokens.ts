import { createHmac, timingSafeEqual } from "node:crypto";
import type { RunId } from "../../core/run.ts";

/** A claim token is good for one claim; a run token for the reports of the attempt that won it (§8.1, §11.8). */
export type TokenPurpose = "claim" | "run";

export interface RunTokens {
  issue(purpose: TokenPurpose, runId: RunId): string;
  /** The run that the token is bound to, or null. Constant time in the signature. */
  verify(purpose: TokenPurpose, token: string): RunId | null;
}

/** `purpose.runId.signature`, HMAC-SHA256. A token ends with its run: what is closed accepts no bearer. */
export const createRunTokens = (secret: string): RunTokens => {
  const sign = (payload: string): string => createHmac("sha256", secret).update(payload).digest("base64url");
  return {
    issue(purpose, runId) {
      const payload = `${purpose}.${runId}`;
      return `${payload}.${sign(payload)}`;
    },
    verify(purpose, token) {
      const [claimedPurpose, runId, signature, ...rest] = token.split(".");
      if (claimedPurpose !== purpose || runId === undefined || signature === undefined || rest.length > 0)
        return null;
      // Compared as written: decoding forgives, so that several spellings would be one signature.
      const given = Buffer.from(signature);
      const expected = Buffer.from(sign(`${purpose}.${runId}`));
      return given.length === expected.length && timingSafeEqual(given, expected) ? runId : null;
    },
  };
};
