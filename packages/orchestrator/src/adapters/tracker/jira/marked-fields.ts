import type { JiraField } from "../../../ports/jira-directory.ts";
import type { MarkedProject } from "./mark-finder.ts";
import { textOf } from "./marks.ts";
import type { BareIssue } from "./schema.ts";
import { type Meaning, meaningOf } from "./stage-words.ts";
import { ticketFields } from "./to-ticket.ts";

/** All that a look at these projects reads of an issue. */
export const fieldsToRead = (projects: readonly MarkedProject[]): readonly string[] => [
  ...new Set([...ticketFields, ...projects.flatMap(({ marks }) => [marks.status.id, marks.repo.id])]),
];

/** Each once. */
export const statusFieldsOf = (projects: readonly MarkedProject[]): readonly JiraField[] => [
  ...new Map(projects.map(({ marks: { status } }) => [status.id, status])).values(),
];

export const meaningIn = ({ fields }: BareIssue, status: JiraField): Meaning =>
  meaningOf(textOf(fields, status));

/** Of an issue that is no project's: what any of the fields says of it. */
export const anyMeaning = (issue: BareIssue, statusFields: readonly JiraField[]): Meaning =>
  statusFields.map((field) => meaningIn(issue, field)).find(({ kind }) => kind !== "unmarked") ?? {
    kind: "unmarked",
  };
