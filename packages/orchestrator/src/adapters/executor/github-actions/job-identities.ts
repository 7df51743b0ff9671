import { decodeJwt, decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify } from "jose";
import type { JobIdentity } from "../../../core/runs/job-identity.ts";
import { seconds } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { JobIdentities } from "../../../ports/job-identities.ts";
import { createVendorGate } from "../../shared/vendor-gate.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import { toJobIdentity } from "./job-claims.ts";
import { issuerName, readPublishedKeys } from "./published-keys.ts";

export interface JobIdentitiesOptions {
  /** `GITHUB_OIDC_ISSUER`. */
  readonly issuer: string;
  readonly clock: Clock;
  /** Of one request to the issuer, in ms. Default 5,000. */
  readonly fetchTimeoutMs?: number;
}

/** GitHub's are about 2,000 characters long. */
const maxTokenCharacters = 10_000;
const driftSeconds = 60;

/** Who a job of GitHub Actions is, by the identity token that GitHub gives it (§8.4). */
export const createJobIdentities = (options: JobIdentitiesOptions): JobIdentities => {
  const { clock, fetchTimeoutMs = seconds(5) } = options;
  const issuer = options.issuer.replace(/\/+$/, "");
  const gate = createVendorGate({ vendor: issuerName, clock, concurrency: 2, timeoutMs: fetchTimeoutMs });
  const keys = createIssuerKeys(() => readPublishedKeys(issuer, gate), clock);

  /** Null where it is not worth a look at the issuer's keys: anybody may send us anything. */
  const keyIdOf = (token: string): string | null => {
    try {
      const { alg, kid } = decodeProtectedHeader(token);
      const { iss, exp } = decodeJwt(token);
      const isOver = exp === undefined || seconds(exp + driftSeconds) <= clock.now();
      return alg === "RS256" && typeof kid === "string" && iss === issuer && !isOver ? kid : null;
    } catch {
      // It is no token at all.
      return null;
    }
  };

  const claimsOf = async (token: string, audience: string): Promise<JWTPayload | null> => {
    const keyId = keyIdOf(token);
    // The key is the issuer's own by that id: one that a token brings or points to counts for nothing.
    const key = keyId === null ? null : await keys.find(keyId);
    if (key === null) return null;
    const { payload } = await jwtVerify(token, await importJWK(key, "RS256"), {
      algorithms: ["RS256"],
      issuer,
      audience,
      requiredClaims: ["exp", "iat"],
      clockTolerance: driftSeconds,
      currentDate: new Date(clock.now()),
    });
    // In a list there would be others that it is meant for, who could use it here.
    return payload.aud === audience ? payload : null;
  };

  const verify = async (token: string, audience: string): Promise<JobIdentity | null> => {
    if (token.length > maxTokenCharacters || audience === "") return null;
    try {
      const claims = await claimsOf(token, audience);
      return claims === null ? null : toJobIdentity(claims);
    } catch (error) {
      // jose's word for a token that is not good; everything else is about the issuer.
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  };

  return { verify };
};
