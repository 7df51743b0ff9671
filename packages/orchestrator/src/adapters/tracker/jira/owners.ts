import type { TicketProblem } from "../../../core/ticket.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { claimOf, unclaimed, undecided } from "./claim.ts";
import type { JiraClient } from "./jira-client.ts";
import type { MarkedProject } from "./mark-finder.ts";
import { type BareIssue, matchesSchema } from "./schema.ts";

export type Owner =
  | { readonly kind: "owner"; readonly project: MarkedProject }
  | { readonly kind: "nobody"; readonly problem: TicketProblem }
  /** More than one claims it, and it cannot be told which one means it. */
  | { readonly kind: "undecided"; readonly problem: TicketProblem };

/** By issue id. Jira is asked only about issues that more than one project claims. @throws VendorError */
export const findOwners = async (
  client: JiraClient,
  issues: readonly BareIssue[],
  projects: readonly MarkedProject[],
): Promise<ReadonlyMap<string, Owner>> => {
  const owners = new Map<string, Owner>();
  const ties: Tie[] = [];
  for (const issue of issues) {
    const claim = claimOf(issue, projects);
    if (claim.kind === "owner") owners.set(issue.id, claim);
    else if (claim.kind === "tie") ties.push({ issue, projects: claim.projects });
    else owners.set(issue.id, { kind: "nobody", problem: unclaimed(issue, projects) });
  }
  const verdicts = await matchJql(client, ties);
  for (const tie of ties) owners.set(tie.issue.id, decide(tie, verdicts));
  return owners;
};

/** By JQL: the ids that it finds, or null where Jira cannot say. */
type Verdicts = ReadonlyMap<string, ReadonlySet<string> | null>;

const decide = ({ issue, projects }: Tie, verdicts: Verdicts): Owner => {
  const unsure = projects.filter(({ ticketing }) => (verdicts.get(ticketing.jql) ?? null) === null);
  const matching = projects.filter(({ ticketing }) => verdicts.get(ticketing.jql)?.has(issue.id));
  const [project, ...others] = matching;
  return project === undefined || others.length > 0 || unsure.length > 0
    ? { kind: "undecided", problem: undecided(issue, projects, [...matching, ...unsure]) }
    : { kind: "owner", project };
};

interface Tie {
  readonly issue: BareIssue;
  readonly projects: readonly MarkedProject[];
}

const issuesPerRequest = 100;

const matchJql = async (client: JiraClient, ties: readonly Tie[]): Promise<Verdicts> => {
  const jqls = [...new Set(ties.flatMap(({ projects }) => projects.map(({ ticketing }) => ticketing.jql)))];
  const verdicts = new Map<string, Set<string> | null>(jqls.map((jql) => [jql, new Set<string>()]));
  for (let start = 0; start < ties.length; start += issuesPerRequest) {
    const issueIds = ties.slice(start, start + issuesPerRequest).map(({ issue }) => Number(issue.id));
    const { matches } = await client.read(
      { method: "POST", path: "/jql/match", body: { issueIds, jqls } },
      matchesSchema,
    );
    if (matches.length !== jqls.length)
      throw new VendorError("malformed", "Jira did not match every JQL that it was asked to match.");
    for (const [index, { matchedIssues, errors }] of matches.entries()) {
      const jql = jqls[index] ?? "";
      if (errors.length > 0) verdicts.set(jql, null);
      else for (const id of matchedIssues) verdicts.get(jql)?.add(String(id));
    }
  }
  return verdicts;
};
