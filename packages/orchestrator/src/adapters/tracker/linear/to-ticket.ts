import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { Blocker, Relative, Ticket } from "../../../core/ticket.ts";
import { nestedSizes } from "./documents.ts";
import { lifecycleOf, meaningOf } from "./markers.ts";
import type { Issue, RelationSource } from "./schema.ts";
import { ticketIdOf } from "./ticket-id.ts";
import { labelsAmong, type Workspace } from "./workspace.ts";

/** Relatives are context for the agent, not its task; in UTF-16 code units. */
const maxRelativeDescription = 2_000;
const maxRelated = 10;

/** An issue's relations to those that point at it, all of them or as many as are read. */
export interface IncomingRelations {
  readonly sources: readonly RelationSource[];
  /** There are more than are read: each may be a blocker. */
  readonly unread: boolean;
}

/** An issue in the core's words (§5.2). Pure. */
export const toTicket = (
  issue: Issue,
  incoming: IncomingRelations,
  workspace: Workspace,
): NonNullable<TicketLookup> => {
  const { marked, stage, lifecycle, planApproved } = meaningOf({
    labels: labelsAmong(workspace, issue.labelIds),
    stateType: issue.state.type,
  });
  const ticket: Ticket = {
    id: ticketIdOf(issue.id),
    tracker: "linear",
    identifier: issue.identifier,
    title: issue.title,
    description: issue.description ?? "",
    url: issue.url,
    scope: issue.team.key,
    stage,
    lifecycle,
    planApproved,
    blockedBy: openBlockers(incoming),
    priority: priorityOf(issue.priority),
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    relatives: relativesOf(issue, incoming),
  };
  return { marked, ticket };
};

const openBlockers = ({ sources, unread }: IncomingRelations): readonly Blocker[] => {
  const open = sources
    .filter(({ type, issue }) => type === "blocks" && issue.trashed !== true)
    .filter(({ issue }) => lifecycleOf(issue.state.type) === "active")
    .map(({ issue }) => [issue.identifier, issue.state.name] as const);
  // A relation that moves between two pages is on both.
  const blockers = [...new Map(open)].map(([identifier, state]) => ({ identifier, state }));
  return unread
    ? [
        ...blockers,
        { identifier: "further issues", state: `not read: more than ${sources.length} relations` },
      ]
    : blockers;
};

const priorityOf = (priority: number): Ticket["priority"] => {
  switch (priority) {
    case 1:
    case 2:
    case 3:
    case 4:
      return priority;
    default:
      return 0;
  }
};

/** Some of them: where Linear may have more, the last of a kind says so. */
const relativesOf = (
  { parent, relations, identifier }: Issue,
  { sources, unread }: IncomingRelations,
): readonly Relative[] => {
  const children = parent?.children.nodes ?? [];
  const siblings = children.filter((child) => child.identifier !== identifier);
  const related = [
    ...relations.nodes.filter(({ type }) => type === "related").map(({ relatedIssue }) => relatedIssue),
    ...sources.filter(({ type }) => type === "related").map(({ issue }) => issue),
  ];
  const moreSiblings = children.length >= nestedSizes.children;
  const moreRelated = unread || relations.nodes.length >= nestedSizes.outgoing || related.length > maxRelated;
  return [
    ...(parent === null ? [] : [withDescription(relative(parent, "parent"), parent.description ?? "")]),
    ...sayingMore(
      siblings.map((each) => relative(each, "sibling")),
      moreSiblings,
    ),
    ...sayingMore(
      related.map((each) => relative(each, "related")),
      moreRelated,
    ),
  ];
};

const relative = (
  { identifier, title }: { readonly identifier: string; readonly title: string },
  relation: Relative["relation"],
): Relative => ({ identifier, title, relation });

const withDescription = (of: Relative, text: string): Relative =>
  text === "" ? of : { ...of, description: shorten(text) };

const shorten = (text: string): string =>
  text.length <= maxRelativeDescription
    ? text
    : `${text.slice(0, maxRelativeDescription).toWellFormed()}\n… (cut)`;

const sayingMore = (relatives: readonly Relative[], more: boolean): readonly Relative[] =>
  relatives.map((each, index) =>
    more && index === relatives.length - 1
      ? { ...each, description: "(Linear may have more of these than are listed here.)" }
      : each,
  );
