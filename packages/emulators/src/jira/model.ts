import type { StatusCategory } from "./api.ts";

export interface JiraProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

export interface FieldOption {
  readonly id: string;
  readonly value: string;
}

export interface CustomField {
  /** `customfield_10500`. */
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly type: "select" | "text";
  readonly contextId: string;
  /** Empty for a text field. */
  readonly options: readonly FieldOption[];
}

export interface LinkType {
  readonly id: string;
  readonly name: string;
  readonly inward: string;
  readonly outward: string;
}

/** As one of its two issues has it. */
export interface IssueLink {
  readonly id: string;
  readonly type: LinkType;
  /** `outward`: this issue blocks the other; `inward`: it is blocked by the other. */
  readonly direction: "inward" | "outward";
  readonly otherId: string;
}

export interface JiraIssue {
  /** A string of digits. */
  readonly id: string;
  readonly key: string;
  /** Keys from before it moved; they still find it. */
  readonly formerKeys: readonly string[];
  readonly projectId: string;
  readonly summary: string;
  /** Atlassian Document Format. */
  readonly description: unknown;
  readonly status: StatusName;
  readonly resolution: string | null;
  readonly priority: PriorityName;
  readonly labels: readonly string[];
  readonly parentId: string | null;
  /** By field id: the option's id for a select, text for a text field. An unset one is absent. */
  readonly values: Readonly<Record<string, string>>;
  readonly links: readonly IssueLink[];
  /** In ms since the epoch. */
  readonly created: number;
  readonly updated: number;
}

export interface JiraComment {
  readonly id: string;
  readonly body: unknown;
  readonly created: number;
}

/** Statuses of Jira's own default workflow, with the ids that a new site gives them. */
export const statuses = [
  { id: "10000", name: "To Do", category: "new" },
  { id: "10001", name: "In Progress", category: "indeterminate" },
  { id: "10002", name: "Done", category: "done" },
] as const satisfies readonly { id: string; name: string; category: StatusCategory }[];
export type StatusName = (typeof statuses)[number]["name"];

export const statusCategories = [
  { id: 2, key: "new", name: "To Do", colorName: "blue-gray" },
  { id: 4, key: "indeterminate", name: "In Progress", colorName: "yellow" },
  { id: 3, key: "done", name: "Done", colorName: "green" },
] as const;

/** Most important first, as their ids count. */
export const priorities = [
  { id: "1", name: "Highest" },
  { id: "2", name: "High" },
  { id: "3", name: "Medium" },
  { id: "4", name: "Low" },
  { id: "5", name: "Lowest" },
] as const;
export type PriorityName = (typeof priorities)[number]["name"];

export const resolutions = [
  { id: "10000", name: "Done" },
  { id: "10001", name: "Won't Do" },
  { id: "10002", name: "Duplicate" },
  { id: "10003", name: "Cannot Reproduce" },
] as const;

/** An issue with a parent is a subtask here; epics do not exist. */
export const issueTypes = [
  { id: "10001", name: "Task", subtask: false, hierarchyLevel: 0 },
  { id: "10002", name: "Subtask", subtask: true, hierarchyLevel: -1 },
] as const;

export const linkTypes: readonly LinkType[] = [
  { id: "10000", name: "Blocks", inward: "is blocked by", outward: "blocks" },
  { id: "10001", name: "Cloners", inward: "is cloned by", outward: "clones" },
  { id: "10002", name: "Duplicate", inward: "is duplicated by", outward: "duplicates" },
  { id: "10003", name: "Relates", inward: "relates to", outward: "relates to" },
];

export const statusOf = (issue: JiraIssue): (typeof statuses)[number] =>
  named(statuses, issue.status) ?? statuses[0];

export const categoryOf = (issue: JiraIssue): (typeof statusCategories)[number] =>
  statusCategories.find(({ key }) => key === statusOf(issue).category) ?? statusCategories[0];

export const issueTypeOf = (issue: JiraIssue): (typeof issueTypes)[number] =>
  issue.parentId === null ? issueTypes[0] : issueTypes[1];

/** Jira compares names without regard to case. */
export const named = <T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => sameText(one.name, name));

export const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
