import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { type Instant, minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";

export interface AppCredentials {
  /** `GITHUB_APP_ID`. */
  readonly appId: number;
  /** `GITHUB_APP_PRIVATE_KEY`: PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
}

/** GitHub refuses an expiry more than ten minutes ahead of its own clock, and a beginning that is ahead of it at all. */
const lifetimeMs = minutes(9);
const driftMs = minutes(1);
/** Signing costs a millisecond of processor time, and one token is as good as another. */
const reuseMs = minutes(5);

/** The App's own JWT (docs.github.com, "Generating a JSON Web Token for a GitHub App"). */
export const createAppIdentity = (
  { appId, privateKey }: AppCredentials,
  clock: Clock,
): (() => Promise<string>) => {
  let signed: { readonly token: Promise<string>; readonly at: Instant } | null = null;

  const sign = async (now: Instant): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: "RS256" })
      .setIssuer(String(appId))
      .setIssuedAt(inSeconds(now - driftMs))
      .setExpirationTime(inSeconds(now + lifetimeMs - driftMs))
      .sign(keyOf(privateKey));

  return () => {
    const now = clock.now();
    if (signed === null || Math.abs(now - signed.at) >= reuseMs) signed = { token: sign(now), at: now };
    return signed.token;
  };
};

const keyOf = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says of a bad key helps nobody and may quote it.
    throw new VendorError("unauthorised", "GITHUB_APP_PRIVATE_KEY is not a readable RSA private key.");
  }
};

const inSeconds = (at: Instant): number => Math.floor(at / 1000);
