import type { RepositoryCredential } from "@ai-implement/contracts";

/** A credential that has so many minutes left. */
export const credentialFor = (token: string, minutes: number, revokeUrl?: string): RepositoryCredential => ({
  token,
  expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(),
  ...(revokeUrl === undefined ? {} : { revokeUrl }),
});
