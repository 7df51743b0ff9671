import type { Ticket } from "../../../core/ticket.ts";
import type { JiraField } from "../../../ports/jira-directory.ts";
import { fetchIssues } from "./issue-reader.ts";
import type { JiraClient } from "./jira-client.ts";
import { textOf } from "./marks.ts";
import { createRelatives } from "./relatives.ts";
import type { Issue } from "./schema.ts";
import { type Meaning, meaningOf } from "./stage-words.ts";
import { openBlockers, toTicket } from "./to-ticket.ts";

/** An issue with what its marks say. */
export interface SightedIssue {
  readonly issue: Issue;
  readonly scope: string;
  readonly meaning: Meaning;
}

/** Asks Jira for all that a look's issues do not tell by themselves: a few requests, however many they are. */
export interface TicketAssembly {
  /** @param statusFields every field that may call a blocker merged. @throws VendorError */
  assemble(sighted: readonly SightedIssue[], statusFields: readonly JiraField[]): Promise<readonly Ticket[]>;
}

export const createTicketAssembly = (client: JiraClient, siteUrl: string): TicketAssembly => {
  const relatives = createRelatives(client);
  return {
    async assemble(sighted, statusFields) {
      const issues = sighted.map(({ issue }) => issue);
      const [merged, related] = await Promise.all([
        mergedBlockers(client, sighted, statusFields),
        relatives.of(issues),
      ]);
      return sighted.map(({ issue, scope, meaning }) =>
        toTicket(issue, {
          scope,
          meaning,
          siteUrl,
          blockedBy: openBlockers(issue)
            .filter(({ id }) => !merged.has(id))
            .map(({ identifier, state }) => ({ identifier, state })),
          relatives: related.get(issue.id) ?? [],
        }),
      );
    },
  };
};

/** Ids of blockers that we have merged: their workflow status is a person's, and may lag behind (§7.1). */
const mergedBlockers = async (
  client: JiraClient,
  sighted: readonly SightedIssue[],
  statusFields: readonly JiraField[],
): Promise<ReadonlySet<string>> => {
  const known = new Map(sighted.map(({ issue, meaning }) => [issue.id, meaning]));
  const blockers = new Set(sighted.flatMap(({ issue }) => openBlockers(issue).map(({ id }) => id)));
  const unknown = [...blockers].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const issues = await fetchIssues(
      client,
      unknown,
      statusFields.map(({ id }) => id),
    );
    for (const [id, { fields }] of issues) known.set(id, strongest(fields, statusFields));
  }
  return new Set([...blockers].filter((id) => known.get(id)?.kind === "merged"));
};

/** Merged in any of the fields is merged: it is a fact, not a wish. */
const strongest = (
  fields: Readonly<Record<string, unknown>>,
  statusFields: readonly JiraField[],
): Meaning => {
  const meanings = statusFields.map((field) => meaningOf(textOf(fields, field)));
  return meanings.find(({ kind }) => kind === "merged") ?? meanings[0] ?? { kind: "unmarked" };
};
