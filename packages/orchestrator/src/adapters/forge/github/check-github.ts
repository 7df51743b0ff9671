import { type Repository, repositorySlug } from "../../../core/project.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import {
  type AccessProblem,
  lacksPermission,
  notGiven,
  notInstalled,
  suspended,
} from "../../shared/github/access-problems.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient, GithubInstallation } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { reaches } from "../../shared/github/permissions.ts";
import type { Branches } from "./branches.ts";
import { repositorySchema } from "./schema.ts";

/** As `Forge.check`: what can still be told after something was found wrong is told too. */
export const checkGithub = async (
  client: GithubClient,
  branches: Branches,
  repository: Repository,
): Promise<readonly SetupFinding[]> => {
  // Whoever checks has just mended something: what was known from before would deny it.
  client.forget();
  try {
    const app = await client.app();
    const credentials = [right("GITHUB_APP_ID"), right("GITHUB_APP_PRIVATE_KEY")];
    return [...credentials, ...(await checkAccount(client, branches, repository, app.slug))];
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const isCredential = isFailure(error, "unauthorised");
    return [wrong(isCredential ? "GITHUB_APP_PRIVATE_KEY" : "GitHub", problemOf(error))];
  }
};

const right = (subject: string): SetupFinding => ({ subject, problem: null });
const wrong = (subject: string, problem: AccessProblem): SetupFinding => ({ subject, problem });

const checkAccount = async (
  client: GithubClient,
  branches: Branches,
  repository: Repository,
  slug: string,
): Promise<readonly SetupFinding[]> => {
  const { owner } = repository;
  const installation = await client.installation(owner);
  if (installation === null) {
    const { what, fix } = notInstalled(repository);
    const page = client.webUrl({ owner: "apps", name: slug });
    return [wrong("owner", { what, fix: `${fix} Its page: ${page}` })];
  }
  if (installation.suspended) return [wrong("owner", suspended(owner))];
  return [
    right("owner"),
    ...checkPermissions(installation),
    ...(await checkRepository(client, branches, repository, installation)),
  ];
};

/** What the product does with GitHub, all of it, and what it takes. */
const needed = [
  ["metadata", "read"],
  ["contents", "write"],
  ["pull_requests", "write"],
  ["issues", "write"],
  ["actions", "write"],
  ["checks", "read"],
  ["workflows", "write"],
] as const;

const checkPermissions = ({ account, permissions }: GithubInstallation): readonly SetupFinding[] =>
  needed.map(([name, level]) => {
    const subject = `the permission ${name}: ${level}`;
    return reaches(permissions[name], level)
      ? right(subject)
      : wrong(subject, lacksPermission(account, `${name}: ${level}`));
  });

const checkRepository = async (
  client: GithubClient,
  branches: Branches,
  repository: Repository,
  { permissions }: GithubInstallation,
): Promise<readonly SetupFinding[]> => {
  const slug = repositorySlug(repository);
  const branch = repository.defaultBranch;
  try {
    const path = repositoryApiPath(repository);
    const { json } = await client.read(repository, "review", { path });
    const { archived, default_branch } = parseAnswer(slug, json, repositorySchema);
    if (archived)
      return [
        wrong("repo", {
          what: `The repository ${slug} is archived: nothing can be written to it.`,
          fix: "Unarchive it on GitHub, or point the project to another one.",
        }),
      ];
    // That the branches cannot be seen has its own finding.
    if (!reaches(permissions["contents"], "read")) return [right("repo")];
    if ((await branches.commitOf(repository, branch)) !== null)
      return [right("repo"), right("defaultBranch")];
    return [right("repo"), wrong("defaultBranch", missingBranch(slug, branch, default_branch))];
  } catch (error) {
    // The App is installed and may not see it, or GitHub knows no such repository.
    if (isFailure(error, "not-found") || isFailure(error, "forbidden"))
      return [wrong("repo", error.failure === "forbidden" ? problemOf(error) : notGiven(repository))];
    throw error;
  }
};

const missingBranch = (slug: string, branch: string, actual: string): AccessProblem => ({
  what: `The repository ${slug} has no branch "${branch}"; its default branch is "${actual}".`,
  fix:
    branch === actual
      ? `Push a first commit to ${branch}.`
      : `Correct the project's defaultBranch, or push the branch.`,
});

const problemOf = (error: DeliveryError): AccessProblem => ({ what: error.message, fix: fixOf(error) });

const credentialFix =
  "Compare GITHUB_APP_ID with the App's page, generate a new private key there and put it in GITHUB_APP_PRIVATE_KEY.";

/** What an operator does about a failure that says nothing about one setting. */
const fixOf = (error: DeliveryError): string => {
  if (!(error instanceof VendorError)) return "Mend what is named, then check again.";
  switch (error.failure) {
    case "unauthorised":
      return credentialFix;
    case "rate-limited":
    case "unavailable":
    case "timeout":
      return "Nothing to mend here: wait for a minute, then check again.";
    case "unreachable":
    case "malformed":
      return "Look at GITHUB_API_URL and at what is between here and GitHub, then check again.";
    case "forbidden":
    case "not-found":
    case "invalid":
    case "too-complex":
      return "Mend what GitHub names, then check again.";
  }
};
