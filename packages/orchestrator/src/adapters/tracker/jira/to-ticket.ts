import type { Blocker, Lifecycle, Relative, Ticket, TicketId } from "../../../core/ticket.ts";
import type { Instant } from "../../../core/time.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { adfToMarkdown } from "./adf/to-markdown.ts";
import { type BareIssue, type Issue, issueSchema, type LinkedIssue } from "./schema.ts";
import type { Meaning } from "./stage-words.ts";

/** Fields that a ticket is made of, besides the two that mark it. */
export const ticketFields: readonly string[] = [
  "summary",
  "description",
  "project",
  "status",
  "resolution",
  "priority",
  "issuelinks",
  "parent",
  "created",
  "updated",
];

const prefix = "jira:";

export const ticketIdOf = ({ id }: { readonly id: string }): TicketId => `${prefix}${id}`;

/** The issue's own id; null for a ticket id that we cannot have made. */
export const issueIdOf = (id: TicketId): string | null => /^jira:(\d{1,15})$/.exec(id)?.[1] ?? null;

/** @throws VendorError `malformed`, naming the issue */
export const readIssue = (bare: BareIssue): Issue => {
  const parsed = issueSchema.safeParse(bare);
  const { success, data, error } = parsed;
  if (success && Number.isFinite(instantOf(data.fields.created) + instantOf(data.fields.updated)))
    return data;
  const [issue] = error?.issues ?? [];
  const where = issue === undefined ? "its dates" : `${issue.path.join(".")}: ${issue.message}`;
  throw new VendorError(
    "malformed",
    `Jira's answer about ${bare.key} is not what its documentation says (${where}).`,
  );
};

/** What is known of an issue beyond its own fields. */
export interface Surroundings {
  readonly scope: string;
  /** Of its status field. */
  readonly meaning: Meaning;
  readonly siteUrl: string;
  readonly blockedBy: readonly Blocker[];
  readonly relatives: readonly Relative[];
}

/** An issue in the core's words (§5.2). Pure. */
export const toTicket = (
  issue: Issue,
  { scope, meaning, siteUrl, blockedBy, relatives }: Surroundings,
): Ticket => {
  const { id, key, fields } = issue;
  return {
    id: ticketIdOf({ id }),
    tracker: "jira",
    identifier: key,
    title: fields.summary || key,
    description: adfToMarkdown(fields.description),
    url: `${siteUrl.replace(/\/+$/, "")}/browse/${encodeURIComponent(key)}`,
    scope,
    stage: stageOf(meaning),
    lifecycle: meaning.kind === "merged" ? "completed" : lifecycleOf(issue),
    planApproved: meaning.kind === "marked" && meaning.planApproved,
    blockedBy,
    priority: priorityOf(fields.priority?.name),
    createdAt: instantOf(fields.created),
    updatedAt: instantOf(fields.updated),
    relatives,
  };
};

const stageOf = (meaning: Meaning): Ticket["stage"] => {
  switch (meaning.kind) {
    case "marked":
      return meaning.stage;
    case "merged":
      return "merged";
    case "unmarked":
      return "marked";
  }
};

/** How teams name an end without the work being done, as a resolution or as a status. */
const cancelled = /\b(won['\u2019]?t (do|fix)|cancell?ed|declined|duplicated?|rejected|abandoned)\b/i;

const lifecycleOf = ({ fields: { status, resolution } }: Issue): Lifecycle => {
  if (!isDone(status)) return "active";
  return cancelled.test(status.name) || cancelled.test(resolution?.name ?? "") ? "cancelled" : "completed";
};

const isDone = ({ statusCategory }: Issue["fields"]["status"]): boolean => statusCategory.key === "done";

const priorities: ReadonlyMap<string, Ticket["priority"]> = new Map([
  ["highest", 1],
  ["high", 2],
  ["medium", 3],
  ["low", 4],
  ["lowest", 4],
]);

const priorityOf = (name = ""): Ticket["priority"] => priorities.get(name.toLowerCase()) ?? 0;

/** Jira writes `+0000`, which is not quite ISO 8601. */
const instantOf = (date: string): Instant => Date.parse(date.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));

const isBlocks = (type: { readonly name: string }): boolean => type.name.toLowerCase() === "blocks";

/** Linked issues that block this one and that their workflow does not call done (§7.2). */
export const openBlockers = ({
  fields: { issuelinks },
}: Issue): readonly (Blocker & { readonly id: string })[] =>
  (issuelinks ?? []).flatMap(({ type, inwardIssue: blocker }) => {
    if (blocker === undefined || !isBlocks(type)) return [];
    const status = blocker.fields?.status;
    // What is not known to be finished still blocks.
    if (status !== undefined && isDone(status)) return [];
    return [{ id: blocker.id, identifier: blocker.key, state: status?.name || "not visible" }];
  });

/** Linked in any way that does not block. */
export const relatedIssues = ({ fields: { issuelinks } }: Issue): readonly LinkedIssue[] =>
  (issuelinks ?? []).flatMap(({ type, inwardIssue, outwardIssue }) =>
    isBlocks(type) ? [] : [inwardIssue, outwardIssue].filter((linked) => linked !== undefined),
  );
