import { minutes } from "../../../core/time.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import type { GithubRepository } from "./github-client.ts";

/** Why the App may not, and what a person does about it. */
export interface AccessProblem {
  readonly what: string;
  readonly fix: string;
}

/** Nothing was done, and asking again at once changes nothing: a person mends it, and what waits goes out soon after. */
export const refused = { nothingDone: true, retryAfterMs: minutes(1) } as const;

/** A person mends each of these on GitHub. */
export const accessError = ({ what, fix }: AccessProblem, cause?: unknown): VendorError =>
  new VendorError("forbidden", `${what} ${fix}`, { ...refused, cause });

const slugOf = ({ owner, name }: GithubRepository): string => `${owner}/${name}`;

export const notInstalled = ({ owner, name }: GithubRepository): AccessProblem => ({
  what: `The GitHub App is not installed on "${owner}".`,
  fix: `Install the GitHub App on ${owner} and give it the repository ${name}.`,
});

export const suspended = (owner: string): AccessProblem => ({
  what: `The installation of the GitHub App on ${owner} is suspended.`,
  fix: `Unsuspend it in the settings of ${owner}, under "GitHub Apps".`,
});

export const notGiven = (repository: GithubRepository): AccessProblem => ({
  what: `GitHub does not show the repository ${slugOf(repository)} to the App: it is gone, has another name, or was not given to the App.`,
  fix: `Give the App's installation on ${repository.owner} the repository ${repository.name}, or correct the project's owner and repo.`,
});

export const moved = (asked: string): AccessProblem => ({
  what: `GitHub says that what was asked for has moved (${asked}).`,
  fix: "If the repository was renamed or transferred, correct the project's owner and repo.",
});

/** @param permission by GitHub's name, with its level where that is known: `contents: write` */
export const lacksPermission = (owner: string, permission: string): AccessProblem => ({
  what: `The GitHub App's installation on ${owner} lacks the permission ${permission}.`,
  fix: `Add it in the App's settings under "Permissions & events", then have an owner of ${owner} accept it.`,
});
