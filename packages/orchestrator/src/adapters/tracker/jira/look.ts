import type { TicketProblem } from "../../../core/ticket.ts";
import type { Sighting } from "../../../ports/tracker.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import type { FieldCatalogue } from "./field-catalogue.ts";
import type { JiraClient } from "./jira-client.ts";
import type { ListedIssues } from "./listed-issues.ts";
import type { MarkedProject, MarkFinder } from "./mark-finder.ts";
import { fieldsToRead, meaningIn, statusFieldsOf } from "./marked-fields.ts";
import { type JiraProject, missingOption, missingWords } from "./marks.ts";
import { findOwners } from "./owners.ts";
import type { BareIssue } from "./schema.ts";
import { maxMarkedIssues, searchMarked } from "./search.ts";
import type { SightedIssue, TicketAssembly } from "./ticket-assembly.ts";
import { readIssue } from "./to-ticket.ts";

export interface LookDependencies {
  readonly client: JiraClient;
  readonly catalogue: FieldCatalogue;
  readonly finder: MarkFinder;
  readonly assembly: TicketAssembly;
  readonly listed: ListedIssues;
}

/** @param reconcile issues that the search index may not know the latest of. @throws VendorError */
export const lookForMarked = async (
  dependencies: LookDependencies,
  projects: readonly JiraProject[],
  reconcile: readonly string[],
): Promise<Sighting> => {
  if (projects.length === 0) return { tickets: [], problems: [] };
  try {
    return await lookOnce(dependencies, projects, reconcile);
  } catch (error) {
    // Every JQL is right and Jira refuses the search: an option or a field that we remember is gone.
    if (!isFailure(error, "invalid") || !dependencies.catalogue.doubt()) throw error;
    return lookOnce(dependencies, projects, reconcile);
  }
};

const lookOnce = async (
  { client, finder, assembly, listed }: LookDependencies,
  projects: readonly JiraProject[],
  reconcile: readonly string[],
): Promise<Sighting> => {
  const { usable, unusable } = await finder.findAll(projects);
  const found = await searchMarked(client, usable, fieldsToRead(usable), reconcile);
  const problems: TicketProblem[] = [
    ...unusable.flatMap(({ project, problems }) =>
      problems.map(({ what, fix }) => ({ source: project.key, problem: what, fix })),
    ),
    ...usable.flatMap(optionProblem),
    ...found.problems,
    ...(found.cut ? [tooMany] : []),
  ];
  const owners = await findOwners(client, found.issues, usable);
  const sighted: SightedIssue[] = [];
  for (const bare of found.issues) {
    const owner = owners.get(bare.id);
    if (owner === undefined) continue;
    if (owner.kind !== "owner") {
      problems.push(owner.problem);
      continue;
    }
    const meaning = meaningIn(bare, owner.project.marks.status);
    const issue = readable(bare, problems);
    // The index may be behind: what the issue shows now counts.
    if (issue !== null && meaning.kind === "marked")
      sighted.push({ issue, meaning, scope: owner.project.key });
  }
  const tickets = await assembly.assemble(sighted, statusFieldsOf(usable));
  listed.note(sighted.map(({ issue }) => issue.id));
  return { tickets: tickets.filter(({ lifecycle }) => lifecycle === "active"), problems };
};

/** One issue that cannot be read must not hide the others. */
const readable = (bare: BareIssue, problems: TicketProblem[]): ReturnType<typeof readIssue> | null => {
  try {
    return readIssue(bare);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    problems.push({
      source: bare.key,
      problem: error.message,
      fix: "Open the issue in Jira: what is said of it there is what is missing here.",
    });
    return null;
  }
};

const optionProblem = ({ key, marks }: MarkedProject): readonly TicketProblem[] => {
  const missing = missingWords(marks);
  if (missing.length === 0) return [];
  const { what, fix } = missingOption(marks.status, missing);
  return [{ source: key, problem: what, fix }];
};

const tooMany: TicketProblem = {
  source: "Jira",
  problem: `more than ${maxMarkedIssues} issues are marked, and the newest of them are not seen`,
  fix: "Unset AI-Implement Status where nothing is to be done, or narrow ticketingConfig.jql.",
};
