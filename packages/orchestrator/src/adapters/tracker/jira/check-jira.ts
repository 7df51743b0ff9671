import type { Project } from "../../../core/project.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import type { FieldCatalogue } from "./field-catalogue.ts";
import type { JiraClient } from "./jira-client.ts";
import { UnknownSite } from "./jira-failure.ts";
import { reviewJql } from "./jql-review.ts";
import {
  defaultMarkNames,
  type FoundField,
  findField,
  type JiraProject,
  jiraProject,
  knownOptions,
  markNamesOf,
  missingOption,
  type Shortcoming,
} from "./marks.ts";
import { myselfSchema, permissionsSchema } from "./schema.ts";
import { statusWords } from "./stage-words.ts";

export interface CheckDependencies {
  readonly client: JiraClient;
  readonly catalogue: FieldCatalogue;
}

/** From the outside in: who we are, what we may do, then what the project needs. The first that fails for all ends it. */
export const checkJira = async (
  dependencies: CheckDependencies,
  project: Project | null,
): Promise<readonly SetupFinding[]> => {
  const ours = project === null ? null : jiraProject(project);
  if (project !== null && ours === null) return [];
  // Whoever checks has just changed something.
  dependencies.catalogue.doubt();
  const account = await checkAccount(dependencies);
  if (account.some(({ problem }) => problem !== null)) return account;
  return [
    ...account,
    ...(await explained("the permissions of JIRA_TOKEN", () => checkPermissions(dependencies))),
    ...(await explained("the fields of Jira", () => checkFields(dependencies, ours))),
    ...(ours === null ? [] : await explained("ticketingConfig.jql", () => checkJql(dependencies, ours))),
  ];
};

const right = (subject: string): SetupFinding => ({ subject, problem: null });

const explained = async (
  subject: string,
  check: () => Promise<readonly SetupFinding[]>,
): Promise<readonly SetupFinding[]> => {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return [{ subject, problem: { what: error.message, fix: fixOf(error) } }];
  }
};

const tokenFix =
  "Create an API token with the scopes read:jira-work, write:jira-work and read:jira-user for a user of this site, and put it in JIRA_TOKEN.";

const pauseFix = "Nothing to mend here: wait for a minute, then check again.";
const addressFix = "Look at JIRA_API_URL and at what is between here and Jira, then check again.";

/** What an operator does about a failure of Jira that says nothing about one setting. */
const fixOf = (error: DeliveryError): string => {
  if (!(error instanceof VendorError)) return "Mend what is named, then check again.";
  switch (error.failure) {
    case "rate-limited":
    case "unavailable":
    case "timeout":
      return pauseFix;
    case "unreachable":
    case "malformed":
      return addressFix;
    case "unauthorised":
    case "forbidden":
      return tokenFix;
    case "not-found":
    case "invalid":
    case "too-complex":
      return "Mend what Jira names, then check again.";
  }
};

const checkAccount = async ({ client }: CheckDependencies): Promise<readonly SetupFinding[]> => {
  try {
    await client.read({ method: "GET", path: "/myself" }, myselfSchema);
    return [right("JIRA_TOKEN"), right("JIRA_CLOUD_ID")];
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const what = error.message;
    if (error instanceof UnknownSite || isFailure(error, "not-found"))
      return [
        {
          subject: "JIRA_CLOUD_ID",
          problem: {
            what,
            fix: "Take the cloudId from https://<your site>.atlassian.net/_edge/tenant_info.",
          },
        },
      ];
    const isToken = isFailure(error, "unauthorised") || isFailure(error, "forbidden");
    return [{ subject: isToken ? "JIRA_TOKEN" : "Jira", problem: { what, fix: fixOf(error) } }];
  }
};

const permissions = [
  ["BROWSE_PROJECTS", "browse projects"],
  ["EDIT_ISSUES", "edit issues"],
  ["ADD_COMMENTS", "add comments"],
] as const;

const checkPermissions = async ({ client }: CheckDependencies): Promise<readonly SetupFinding[]> => {
  const query = { permissions: permissions.map(([key]) => key).join(",") };
  const answer = await client.read({ method: "GET", path: "/mypermissions", query }, permissionsSchema);
  return permissions.map(([key, words]) => ({
    subject: `the permission to ${words}`,
    problem: answer.permissions[key]?.havePermission
      ? null
      : {
          what: `JIRA_TOKEN's user may not ${words}.`,
          fix: `Give it the project permission "${words}" where issues are marked.`,
        },
  }));
};

const checkFields = async (
  { catalogue }: CheckDependencies,
  project: JiraProject | null,
): Promise<readonly SetupFinding[]> => {
  const names = project === null ? defaultMarkNames : markNamesOf(project.ticketing);
  const fields = await catalogue.fields();
  const status = findField(fields, names, "status");
  const repo = findField(fields, names, "repo");
  const findings = [
    { subject: `the field "${names.status}"`, problem: problemOf(status) },
    { subject: `the field "${names.repo}"`, problem: problemOf(repo) },
    ...(await checkStatusOptions(catalogue, status)),
  ];
  if (project === null) return findings.map(unlessOverridden);
  return [...findings, ...(await checkRepoOption(catalogue, repo, project.ticketing.repoFieldValue))];
};

/** Without a project nobody knows which fields are used: these are the default ones. */
const unlessOverridden = ({ subject, problem }: SetupFinding): SetupFinding =>
  problem === null
    ? { subject, problem }
    : {
        subject,
        problem: {
          what: problem.what,
          fix: `${problem.fix} A project that names its own fields (ticketingConfig.statusFieldOverride, repoFieldOverride) does not need it.`,
        },
      };

const problemOf = (found: FoundField): Shortcoming | null => (found.kind === "found" ? null : found.problem);

const checkStatusOptions = async (
  catalogue: FieldCatalogue,
  status: FoundField,
): Promise<readonly SetupFinding[]> => {
  if (status.kind !== "found") return [];
  const known = knownOptions(await catalogue.options(status.field.id));
  return statusWords.map((word) => ({
    subject: `the option "${word}" of the field "${status.field.name}"`,
    problem: known.has(word) ? null : missingOption(status.field, [word]),
  }));
};

/** A text holds whatever is written into it; a select only what it offers. */
const checkRepoOption = async (
  catalogue: FieldCatalogue,
  repo: FoundField,
  wanted: string,
): Promise<readonly SetupFinding[]> => {
  if (repo.kind !== "found" || repo.field.type !== "option") return [];
  const offered = await catalogue.offers(repo.field.id, wanted);
  return [
    {
      subject: "ticketingConfig.repoFieldValue",
      problem: offered ? null : missingOption(repo.field, [wanted]),
    },
  ];
};

const checkJql = async (
  { client }: CheckDependencies,
  { ticketing: { jql } }: JiraProject,
): Promise<readonly SetupFinding[]> => {
  const sentences = (await reviewJql(client, [jql])).get(jql) ?? [];
  return [
    {
      subject: "ticketingConfig.jql",
      problem:
        sentences.length === 0
          ? null
          : { what: sentences.join(" "), fix: "Correct the JQL; Jira's issue search shows what it finds." },
    },
  ];
};
