import type { GithubInstallation, TokenPurpose } from "./github-client.ts";

/** By GitHub's names: `{ contents: "write" }`. */
export type Permissions = Readonly<Record<string, string>>;

const wanted: Readonly<Record<TokenPurpose, Permissions>> = {
  work: { actions: "write", contents: "read", metadata: "read" },
  review: {
    checks: "read",
    contents: "read",
    issues: "write",
    metadata: "read",
    pull_requests: "write",
    statuses: "read",
  },
  templates: { contents: "write", metadata: "read", pull_requests: "write", workflows: "write" },
};

const levels: readonly string[] = ["read", "write", "admin"];

/** Does `has` include `needs`? Undefined: nothing at all. */
export const reaches = (has: string | undefined, needs: string): boolean =>
  has !== undefined && levels.indexOf(has) >= levels.indexOf(needs);

/** What is needed and the installation does not have, as people read it: `contents: write`. */
export const lacking = (
  needed: Permissions,
  { permissions }: Pick<GithubInstallation, "permissions">,
): readonly string[] =>
  Object.entries(needed)
    .filter(([name, level]) => !reaches(permissions[name], level))
    .map(([name, level]) => `${name}: ${level}`);

export const lackingFor = (
  purpose: TokenPurpose,
  installation: Pick<GithubInstallation, "permissions">,
): readonly string[] => lacking(wanted[purpose], installation);

/** GitHub refuses a token that asks for more than the installation has: what it lacks is left out. */
export const permissionsFor = (
  purpose: TokenPurpose,
  { permissions }: Pick<GithubInstallation, "permissions">,
): Permissions =>
  Object.fromEntries(
    Object.entries(wanted[purpose]).flatMap(([name, level]) => {
      const has = permissions[name];
      if (reaches(has, level)) return [[name, level]];
      // Without any, GitHub would take the token to be meant for everything; this one every installation has.
      return has === undefined ? (name === "metadata" ? [[name, level]] : []) : [[name, has]];
    }),
  );
