import { adfText } from "./adf.ts";
import {
  type CustomField,
  type JiraIssue,
  type JiraProject,
  named,
  priorities,
  resolutions,
  statusOf,
} from "./model.ts";

/** One changed field, as a webhook and the history tell it. */
export interface ChangelogItem {
  readonly field: string;
  readonly fieldId: string;
  readonly fieldtype: "jira" | "custom";
  readonly from: string | null;
  readonly fromString: string | null;
  readonly to: string | null;
  readonly toString: string | null;
}

interface Value {
  readonly id: string | null;
  readonly text: string | null;
}

export interface ChangelogSite {
  readonly projects: ReadonlyMap<string, JiraProject>;
  readonly fields: ReadonlyMap<string, CustomField>;
  issue(id: string): JiraIssue | null;
}

/** What differs between two states of an issue. */
export const changelogItems = (
  site: ChangelogSite,
  before: JiraIssue,
  after: JiraIssue,
): readonly ChangelogItem[] => [
  ...systemItems(site, before, after),
  ...linkItems(site, before, after),
  ...[...site.fields.values()].flatMap((field) =>
    item(
      { field: field.name, fieldId: field.id, fieldtype: "custom" },
      customValue(field, before),
      customValue(field, after),
    ),
  ),
];

const systemItems = (
  { projects, issue }: ChangelogSite,
  before: JiraIssue,
  after: JiraIssue,
): readonly ChangelogItem[] => {
  const change = (
    field: string,
    fieldId: string,
    value: (of: JiraIssue) => Value,
  ): readonly ChangelogItem[] => item({ field, fieldId, fieldtype: "jira" }, value(before), value(after));
  return [
    ...change("summary", "summary", ({ summary }) => textOnly(summary)),
    ...change("description", "description", ({ description }) =>
      textOnly(description === null ? null : adfText(description)),
    ),
    ...change("status", "status", (of) => ({ id: statusOf(of).id, text: statusOf(of).name })),
    ...change("resolution", "resolution", ({ resolution }) => ({
      id: resolution === null ? null : (named(resolutions, resolution)?.id ?? null),
      text: resolution,
    })),
    ...change("priority", "priority", ({ priority }) => ({
      id: named(priorities, priority)?.id ?? null,
      text: priority,
    })),
    ...change("labels", "labels", ({ labels }) => textOnly(labels.join(" "))),
    ...change("project", "project", ({ projectId }) => ({
      id: projectId,
      text: projects.get(projectId)?.name ?? null,
    })),
    ...change("Key", "issuekey", ({ key }) => textOnly(key)),
    ...change("Parent", "parent", ({ parentId }) => ({
      id: parentId,
      text: parentId === null ? null : (issue(parentId)?.key ?? null),
    })),
  ];
};

const textOnly = (text: string | null): Value => ({ id: null, text });

const customValue = ({ id, type, options }: CustomField, { values }: JiraIssue): Value => {
  const value = values[id] ?? null;
  return type === "text"
    ? textOnly(value)
    : { id: value, text: options.find((one) => one.id === value)?.value ?? null };
};

type Field = Pick<ChangelogItem, "field" | "fieldId" | "fieldtype">;

const item = (field: Field, before: Value, after: Value): readonly ChangelogItem[] =>
  before.id === after.id && before.text === after.text
    ? []
    : [{ ...field, from: before.id, fromString: before.text, to: after.id, toString: after.text }];

const linkItems = (
  { issue }: ChangelogSite,
  before: JiraIssue,
  after: JiraIssue,
): readonly ChangelogItem[] => {
  const known = new Set(before.links.map(({ id }) => id));
  return after.links
    .filter(({ id }) => !known.has(id))
    .map(({ type, direction, otherId }) => {
      const key = issue(otherId)?.key ?? otherId;
      const text = `This issue ${type[direction]} ${key}`;
      return {
        field: "Link",
        fieldId: "issuelinks",
        fieldtype: "jira",
        from: null,
        fromString: null,
        to: key,
        toString: text,
      };
    });
};
