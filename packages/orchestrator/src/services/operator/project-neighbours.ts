import { resolve } from "node:path";
import { type Project, repositorySlug, type TicketingConfig } from "../../core/project.ts";
import type { TrackerKind } from "../../core/ticket.ts";
import type { FieldProblem } from "./field-problem.ts";

/** What two projects may not have in common. Pure. */

export const trackerNames: Readonly<Record<TrackerKind, string>> = {
  linear: "Linear",
  jira: "Jira",
  folder: "folder",
};

/** One folder belongs to one project: its tickets would be dispatched twice otherwise. */
export const sharedFolder = ({ ticketing }: Project, others: readonly Project[]): readonly FieldProblem[] => {
  if (ticketing.kind !== "folder") return [];
  const other = others.find(
    (each) => each.ticketing.kind === "folder" && samePlace(each.ticketing.path, ticketing.path),
  );
  return other === undefined
    ? []
    : [{ field: "ticketingConfig.path", problem: `the project ${other.key} already reads this folder` }];
};

/** However they are written: `a/b`, `a//b/`, `a/./b`. */
const samePlace = (path: string, other: string): boolean => resolve("/", path) === resolve("/", other);

type JiraTicketing = Extract<TicketingConfig, { kind: "jira" }>;

/** Jira tickets go by their repository value, and where two projects have the same one, by JQL. */
export const ambiguousJql = ({ ticketing }: Project, others: readonly Project[]): readonly FieldProblem[] => {
  if (ticketing.kind !== "jira") return [];
  const other = others.find(
    (each) => each.ticketing.kind === "jira" && sameTickets(each.ticketing, ticketing),
  );
  return other === undefined
    ? []
    : [
        {
          field: "ticketingConfig.jql",
          problem: `The project ${other.key} has the same JQL for "${ticketing.repoFieldValue}", so their tickets would belong to neither. Make one of the two narrower, or give this project a repoFieldValue of its own.`,
        },
      ];
};

/** Jira compares options without case. */
const sameTickets = (one: JiraTicketing, other: JiraTicketing): boolean =>
  plain(one.repoFieldValue).toLowerCase() === plain(other.repoFieldValue).toLowerCase() &&
  plain(one.repoFieldOverride ?? "") === plain(other.repoFieldOverride ?? "") &&
  plain(one.jql) === plain(other.jql);

const plain = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Why a project cannot have its key, which `holder` has, and what to do about it. */
export const keyTaken = (wanted: Project, holder: Project): string => {
  const { key, ticketing } = wanted;
  const slug = repositorySlug(holder.repository);
  const taken = `The teamKey "${key}" is taken by the ${trackerNames[holder.ticketing.kind]} project for ${slug}`;
  if (ticketing.kind !== "linear")
    return `${taken}: PATCH that one, or choose another key, which is only a name here.`;
  return holder.ticketing.kind === "linear"
    ? `${taken}, and one Linear team is one project: PATCH that one, or delete it first.`
    : `${taken}, where it is only a name, but a Linear project has to have its team's key: delete that project and create it again under another key.`;
};
