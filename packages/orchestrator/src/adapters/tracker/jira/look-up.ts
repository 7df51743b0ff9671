import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { TicketId } from "../../../core/ticket.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import type { JiraField } from "../../../ports/jira-directory.ts";
import { certainly, fetchIssues } from "./issue-reader.ts";
import type { JiraClient } from "./jira-client.ts";
import type { ListedIssues } from "./listed-issues.ts";
import type { MarkedProject, MarkFinder } from "./mark-finder.ts";
import { anyMeaning, fieldsToRead, meaningIn, statusFieldsOf } from "./marked-fields.ts";
import { defaultMarkNames, type JiraProject } from "./marks.ts";
import { findOwners, type Owner } from "./owners.ts";
import type { BareIssue } from "./schema.ts";
import { type Meaning, showsPersonsMark } from "./stage-words.ts";
import { findStandings, type Standing } from "./standings.ts";
import type { SightedIssue, TicketAssembly } from "./ticket-assembly.ts";
import { issueIdOf, readIssue } from "./to-ticket.ts";

export interface LookUpDependencies {
  readonly client: JiraClient;
  readonly finder: MarkFinder;
  readonly assembly: TicketAssembly;
  readonly listed: ListedIssues;
}

/**
 * Tickets by id, by the list's own rules: an issue is a project's where its field says so and a list would show it. What
 * is nobody's stands under no project's scope, so that nobody begins with it; whether it is marked, `isWithheld` says.
 * @throws VendorError; DeliveryError where the field that would tell is not there: unknown is not unmarked
 */
export const lookUpTickets = async (
  { client, finder, assembly, listed }: LookUpDependencies,
  ids: readonly TicketId[],
  projects: readonly JiraProject[],
): Promise<ReadonlyMap<TicketId, TicketLookup>> => {
  const found = new Map<TicketId, TicketLookup>(ids.map((id) => [id, null]));
  const wanted = [...new Set(ids.flatMap((id) => issueIdOf(id) ?? []))];
  if (wanted.length === 0) return found;
  const { usable, unusable } = await finder.findAll(projects);
  const statusFields = usable.length === 0 ? [await defaultStatusField(finder)] : statusFieldsOf(usable);
  const issues = await readIssues(client, wanted, [
    ...new Set([...fieldsToRead(usable), ...statusFields.map(({ id }) => id)]),
  ]);
  const owners = await findOwners(client, issues, usable);
  const claimed = issues.filter((issue) => isMarkedBy(owners.get(issue.id), issue));
  const standings = await findStandings(
    client,
    usable,
    claimed.map(({ id }) => id),
  );
  const sights = issues.map((bare): Sight => {
    const owner = owners.get(bare.id);
    const standing = standings.get(bare.id) ?? "listed";
    if (owner?.kind === "owner") return ownedSight(bare, owner.project, standing, listed);
    refuseWhereBlind(bare, unusable);
    const meaning = anyMeaning(bare, statusFields);
    return foreignSight(bare, meaning, owner?.kind === "undecided" ? "unknown" : "not-listed");
  });
  const tickets = await assembly.assemble(sights, statusFields);
  tickets.forEach((ticket, index) => {
    const sight = sights[index];
    const marked = sight?.meaning.kind === "marked" && !isWithheld(sight, listed);
    found.set(ticket.id, { marked, ticket });
  });
  return found;
};

const readIssues = async (
  client: JiraClient,
  ids: readonly string[],
  fields: readonly string[],
): Promise<readonly BareIssue[]> => {
  const fetched = await fetchIssues(client, ids, fields);
  const issues = await Promise.all(ids.map((id) => certainly(client, fetched, id, fields)));
  return issues.filter((issue) => issue !== null);
};

const isMarkedBy = (owner: Owner | undefined, issue: BareIssue): boolean =>
  owner?.kind === "owner" && meaningIn(issue, owner.project.marks.status).kind === "marked";

interface Sight extends SightedIssue {
  readonly standing: Standing;
}

/** Where Jira cannot say whether the list would show it, the last list that did still counts. */
const ownedSight = (
  bare: BareIssue,
  { key, marks }: MarkedProject,
  standing: Standing,
  listed: ListedIssues,
): Sight => {
  const meaning = meaningIn(bare, marks.status);
  const isOurs = standing === "listed" || (standing === "unknown" && listed.has(bare.id));
  return isOurs
    ? { issue: readIssue(bare), meaning, scope: key, standing }
    : foreignSight(bare, meaning, standing);
};

const foreignSight = (bare: BareIssue, meaning: Meaning, standing: Standing): Sight => {
  const issue = readIssue(bare);
  return { issue, meaning, scope: foreignScope(issue.fields.project.key), standing };
};

/**
 * Not marked for us, whatever its field says: no list would show it. Only where that can end no work: a word of ours
 * says that somebody is at work, perhaps we before a restart; and what a list has shown may have left its project's JQL
 * through that very work, where the JQL asks for a workflow status. Such an issue keeps its mark, and is nobody's.
 */
const isWithheld = ({ issue, meaning, standing }: Sight, listed: ListedIssues): boolean =>
  standing === "not-listed" && showsPersonsMark(meaning) && !listed.has(issue.id);

/** No project's key has a space. */
const foreignScope = (jiraProjectKey: string): string => `Jira project ${jiraProjectKey.slice(0, 100)}`;

const refuseWhereBlind = (
  { key }: BareIssue,
  unusable: Awaited<ReturnType<MarkFinder["findAll"]>>["unusable"],
): void => {
  const [blind] = unusable;
  if (blind === undefined) return;
  const reasons = blind.problems.map(({ what, fix }) => `${what} ${fix}`).join(" ");
  throw new DeliveryError(`${key} may belong to the project ${blind.project.key}: ${reasons}`, {
    retryable: true,
  });
};

const defaultStatusField = async (finder: MarkFinder): Promise<JiraField> => {
  const found = await finder.find(defaultMarkNames);
  if (found.kind === "found") return found.marks.status;
  throw new DeliveryError(found.problems.map(({ what, fix }) => `${what} ${fix}`).join(" "), {
    retryable: true,
  });
};
