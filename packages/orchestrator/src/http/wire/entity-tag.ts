import { badRequest } from "../errors/refusal.ts";

export const entityTag = (version: number): string => `"${version}"`;

/**
 * The version that `If-Match` names; null for none and for `*`, which both take whatever is stored.
 * @throws Refusal for anything that `entityTag` did not write
 */
export const versionOf = (ifMatch: string | undefined): number | null => {
  if (ifMatch === undefined || ifMatch.trim() === "*") return null;
  const version = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch)?.[1];
  if (version === undefined)
    throw badRequest('If-Match has to be one ETag as GET gave it, like "3", or be left out.');
  return Number(version);
};
