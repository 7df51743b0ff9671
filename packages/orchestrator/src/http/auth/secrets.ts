import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const sha256 = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();

/** 32 random bytes, base64url. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is kept of a token: enough to know it again. A token is random, so a plain hash cannot be guessed back. */
export const hashOf = (token: string): string => sha256(token).toString("hex");

/** Compares in constant time whatever the lengths: digests are equally long. */
export const createCodeCheck = (accessCode: string): ((code: string) => boolean) => {
  const expected = sha256(accessCode);
  return (code) => timingSafeEqual(sha256(code), expected);
};
