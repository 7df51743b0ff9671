import type { TicketProblem } from "../../../core/ticket.ts";
import type { MarkedProject } from "./mark-finder.ts";
import { textOf } from "./marks.ts";
import { plainLine } from "./plain-line.ts";
import type { BareIssue } from "./schema.ts";

/** Whose issue it is, by its repository field (§5.1). */
export type Claim =
  | { readonly kind: "owner"; readonly project: MarkedProject }
  /** More than one project has that value: their JQLs decide. */
  | { readonly kind: "tie"; readonly projects: readonly MarkedProject[] }
  | { readonly kind: "nobody" };

/** Pure. Jira compares options without case, so we do. */
export const claimOf = ({ fields }: BareIssue, projects: readonly MarkedProject[]): Claim => {
  const [project, ...others] = projects.filter(({ ticketing, marks }) => {
    const value = textOf(fields, marks.repo);
    return value !== null && value.toLowerCase() === ticketing.repoFieldValue.trim().toLowerCase();
  });
  if (project === undefined) return { kind: "nobody" };
  return others.length === 0 ? { kind: "owner", project } : { kind: "tie", projects: [project, ...others] };
};

const maxNamed = 10;

export const unclaimed = ({ key, fields }: BareIssue, projects: readonly MarkedProject[]): TicketProblem => {
  const repoFields = [...new Map(projects.map(({ marks: { repo } }) => [repo.id, repo])).values()];
  const filled = repoFields.find((field) => textOf(fields, field) !== null) ?? repoFields[0];
  const name = filled?.name ?? "AI-Implement Repo";
  const value = filled === undefined ? null : textOf(fields, filled);
  const values = [...new Set(projects.map(({ ticketing }) => ticketing.repoFieldValue))];
  return {
    source: key,
    problem:
      value === null
        ? `its field "${name}" is empty, so no project is known for it`
        : `its field "${name}" says "${plainLine(value, 100)}", which is no project's ticketingConfig.repoFieldValue`,
    fix: `Set it to one of: ${values.slice(0, maxNamed).join(", ")}.`,
  };
};

/** @param candidates those whose JQL finds it, or may find it */
export const undecided = (
  { key }: BareIssue,
  tied: readonly MarkedProject[],
  candidates: readonly MarkedProject[],
): TicketProblem => {
  const found = candidates.length > 0;
  const named = (found ? candidates : tied).map((project) => project.key).join(", ");
  return {
    source: key,
    problem: `its repository value is that of the projects ${tied.map((project) => project.key).join(", ")}, and ${
      found ? `it cannot be told which one's JQL means it: ${named}` : "the JQL of none of them finds it"
    }`,
    fix: "Change ticketingConfig.jql so that exactly one of them finds it.",
  };
};
