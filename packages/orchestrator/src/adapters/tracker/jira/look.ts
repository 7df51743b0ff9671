import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { TicketId, TicketProblem } from "../../../core/ticket.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { JiraField } from "../../../ports/jira-directory.ts";
import type { Sighting } from "../../../ports/tracker.ts";
import { isFailure, VendorError } from "../../shared/vendor-error.ts";
import type { FieldCatalogue } from "./field-catalogue.ts";
import { certainly, fetchIssues } from "./issue-reader.ts";
import type { JiraClient } from "./jira-client.ts";
import type { MarkedProject, MarkFinder } from "./mark-finder.ts";
import { defaultMarkNames, type JiraProject, missingOption, missingWords, textOf } from "./marks.ts";
import { findOwners } from "./owners.ts";
import type { BareIssue } from "./schema.ts";
import { maxMarkedIssues, searchMarked } from "./search.ts";
import { type Meaning, meaningOf } from "./stage-words.ts";
import type { SightedIssue, TicketAssembly } from "./ticket-assembly.ts";
import { issueIdOf, readIssue, ticketFields } from "./to-ticket.ts";

export interface LookDependencies {
  readonly client: JiraClient;
  readonly catalogue: FieldCatalogue;
  readonly finder: MarkFinder;
  readonly assembly: TicketAssembly;
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
  { client, finder, assembly }: LookDependencies,
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
    if (owner?.kind === "unknown") problems.push(owner.problem);
    if (owner?.kind !== "owner") continue;
    const meaning = meaningIn(bare, owner.project.marks.status);
    const issue = readable(bare, problems);
    // The index may be behind: what the issue shows now counts.
    if (issue !== null && meaning.kind === "marked")
      sighted.push({ issue, meaning, scope: owner.project.key });
  }
  const tickets = await assembly.assemble(sighted, statusFieldsOf(usable));
  return { tickets: tickets.filter(({ lifecycle }) => lifecycle === "active"), problems };
};

/** @throws VendorError; DeliveryError where the field that would tell is not there: unknown is not unmarked */
export const lookUpTickets = async (
  { client, finder, assembly }: LookDependencies,
  ids: readonly TicketId[],
  projects: readonly JiraProject[],
): Promise<ReadonlyMap<TicketId, TicketLookup>> => {
  const found = new Map<TicketId, TicketLookup>(ids.map((id) => [id, null]));
  const wanted = new Map(ids.flatMap((id) => [[issueIdOf(id), id] as const]).filter(isOurs));
  if (wanted.size === 0) return found;
  const { usable, unusable } = await finder.findAll(projects);
  const statusFields = usable.length === 0 ? [await defaultStatusField(finder)] : statusFieldsOf(usable);
  const fields = [...new Set([...fieldsToRead(usable), ...statusFields.map(({ id }) => id)])];
  const fetched = await fetchIssues(client, [...wanted.keys()], fields);
  const issues = (
    await Promise.all([...wanted.keys()].map((id) => certainly(client, fetched, id, fields)))
  ).filter((issue) => issue !== null);
  const owners = await findOwners(client, issues, usable);
  const sighted = issues.map((bare): SightedIssue => {
    const owner = owners.get(bare.id);
    const issue = readIssue(bare);
    if (owner?.kind === "owner")
      return { issue, scope: owner.project.key, meaning: meaningIn(bare, owner.project.marks.status) };
    const [blind] = unusable;
    if (blind !== undefined)
      throw new DeliveryError(
        `${bare.key} may belong to the project ${blind.project.key}: ${blind.problems.map(({ what, fix }) => `${what} ${fix}`).join(" ")}`,
        { retryable: true },
      );
    return { issue, scope: issue.fields.project.key, meaning: anyMeaning(bare, statusFields) };
  });
  const tickets = await assembly.assemble(sighted, statusFields);
  tickets.forEach((ticket, index) => {
    const marked = sighted[index]?.meaning.kind === "marked";
    found.set(ticket.id, { marked, ticket });
  });
  return found;
};

type Wanted = readonly [issueId: string, id: TicketId];

const isOurs = (pair: readonly [string | null, TicketId]): pair is Wanted => pair[0] !== null;

const fieldsToRead = (projects: readonly MarkedProject[]): readonly string[] => [
  ...new Set([...ticketFields, ...projects.flatMap(({ marks }) => [marks.status.id, marks.repo.id])]),
];

const statusFieldsOf = (projects: readonly MarkedProject[]): readonly JiraField[] => [
  ...new Map(projects.map(({ marks: { status } }) => [status.id, status])).values(),
];

const defaultStatusField = async (finder: MarkFinder): Promise<JiraField> => {
  const found = await finder.find(defaultMarkNames);
  if (found.kind === "found") return found.marks.status;
  throw new DeliveryError(found.problems.map(({ what, fix }) => `${what} ${fix}`).join(" "), {
    retryable: true,
  });
};

const meaningIn = ({ fields }: BareIssue, status: JiraField): Meaning => meaningOf(textOf(fields, status));

const anyMeaning = (issue: BareIssue, statusFields: readonly JiraField[]): Meaning =>
  statusFields.map((field) => meaningIn(issue, field)).find(({ kind }) => kind !== "unmarked") ?? {
    kind: "unmarked",
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
