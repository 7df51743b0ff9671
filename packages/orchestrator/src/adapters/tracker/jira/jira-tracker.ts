import type { Project } from "../../../core/project.ts";
import type { EffectKey, TicketRef } from "../../../core/runs/effects.ts";
import { seconds } from "../../../core/time.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { JiraDirectory } from "../../../ports/jira-directory.ts";
import type { TicketChange, Tracker } from "../../../ports/tracker.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import { checkJira } from "./check-jira.ts";
import { postComment } from "./comment-writer.ts";
import { createFieldCatalogue } from "./field-catalogue.ts";
import { createIssuePace } from "./issue-pace.ts";
import { createIssueBatch } from "./issue-reader.ts";
import { createJiraClient, type JiraAccess } from "./jira-client.ts";
import { reviewJql } from "./jql-review.ts";
import { createListedIssues } from "./listed-issues.ts";
import { lookForMarked } from "./look.ts";
import { lookUpTickets } from "./look-up.ts";
import { createMarkFinder } from "./mark-finder.ts";
import { defaultMarkNames, type JiraProject, jiraProject, type Marks, markNamesOf } from "./marks.ts";
import { createRecentWrites } from "./recent-writes.ts";
import { writeStage } from "./stage-writer.ts";
import { createTicketAssembly } from "./ticket-assembly.ts";
import { issueIdOf } from "./to-ticket.ts";

export interface JiraTrackerOptions extends JiraAccess {
  /** `JIRA_SITE_URL`: for links only. */
  readonly siteUrl: string;
  /** `apply` then refuses. */
  readonly readOnly?: boolean;
}

export type JiraTracker = Tracker & JiraDirectory;

/** Jira Cloud: two fields mark an issue, its workflow status stays its team's (§7.1). */
export const createJiraTracker = ({
  siteUrl,
  readOnly = false,
  ...access
}: JiraTrackerOptions): JiraTracker => {
  const { clock } = access;
  const client = createJiraClient(access);
  const catalogue = createFieldCatalogue(client, clock);
  const finder = createMarkFinder(catalogue);
  const look = {
    client,
    catalogue,
    finder,
    assembly: createTicketAssembly(client, siteUrl),
    listed: createListedIssues(),
  };
  const batch = createIssueBatch(client);
  const pace = createIssuePace(clock);
  const lanes = createLanes();
  const recent = createRecentWrites(clock);
  const acquaintances = createAcquaintances();

  const listMarked: Tracker["listMarked"] = (projects) =>
    lookForMarked(look, acquaintances.meet(projects), recent.ids());

  const lookUp: Tracker["lookUp"] = (ids, projects) => lookUpTickets(look, ids, acquaintances.meet(projects));

  const marksFor = async (ticket: TicketRef): Promise<Marks> => {
    const found = await finder.find(acquaintances.markNamesFor(ticket));
    if (found.kind === "found") return found.marks;
    throw new DeliveryError(found.problems.map(({ what, fix }) => `${what} ${fix}`).join(" "), {
      retryable: true,
    });
  };

  const applyTo = async (issueId: string, change: TicketChange, key: EffectKey): Promise<void> => {
    switch (change.kind) {
      case "comment":
        await pace.turn(issueId);
        return postComment(client, issueId, { body: change.body, key });
      case "stage": {
        const { ticket, stage } = change;
        const marks = await marksFor(ticket);
        // Before the issue is read, so that little time passes between what a person wrote and what we write.
        await pace.turn(issueId);
        const write = { issueId, identifier: ticket.identifier, stage, marks };
        return writeStage({ client, batch, catalogue }, write, () => recent.note(issueId));
      }
    }
  };

  const apply: Tracker["apply"] = async (change, key) => {
    if (readOnly)
      throw new DeliveryError("This look at Jira writes nothing: it is read-only.", { retryable: true });
    const issueId = issueIdOf(change.ticket.id);
    if (issueId === null) throw permanent(`"${change.ticket.id}" is not a ticket of Jira.`);
    try {
      await lanes.run(issueId, () => applyTo(issueId, change, key));
    } catch (error) {
      // The gate holds back everything where Jira's limit is on all; where it is on one issue, only that one is held.
      if (isFailure(error, "rate-limited")) pace.hold(issueId, error.retryAfterMs ?? seconds(30));
      throw error;
    }
  };

  return {
    kind: "jira",
    listMarked,
    lookUp,
    apply,
    check: (project) => checkJira({ client, catalogue }, project),
    fields: catalogue.fields,
    options: catalogue.options,
    validateJql: async (jql) => (await reviewJql(client, [jql])).get(jql) ?? [],
  };
};

/** The projects that we have been told of: a write names its scope, and not the fields that mark it. */
interface Acquaintances {
  meet(projects: readonly Project[]): readonly JiraProject[];
  /** @throws DeliveryError before the first project is known: a project may mark its issues elsewhere */
  markNamesFor(ticket: TicketRef): ReturnType<typeof markNamesOf>;
}

const createAcquaintances = (): Acquaintances => {
  let known: ReadonlyMap<string, JiraProject> | null = null;
  return {
    meet(projects) {
      const ours = projects.map(jiraProject).filter((project) => project !== null);
      known = new Map(ours.map((project) => [project.key, project]));
      return ours;
    },
    markNamesFor({ identifier, scope }) {
      if (known === null)
        throw new DeliveryError(`The project of ${identifier} is not known before the first look at Jira.`, {
          retryable: true,
          retryAfterMs: seconds(2),
        });
      const project = known.get(scope);
      return project === undefined ? defaultMarkNames : markNamesOf(project.ticketing);
    },
  };
};
