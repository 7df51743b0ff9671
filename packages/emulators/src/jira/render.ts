import {
  type CustomField,
  categoryOf,
  type IssueLink,
  issueTypeOf,
  type JiraComment,
  type JiraIssue,
  type JiraProject,
  named,
  priorities,
  resolutions,
  statusOf,
} from "./model.ts";
import type { IssueView } from "./store.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Renderer {
  /** With all fields; unset custom fields are null. */
  fields(issue: JiraIssue, view: IssueView): Json;
  /** Id, key, self and those fields that were asked for. */
  issue(issue: JiraIssue, view: IssueView, wanted: readonly string[]): Json;
  comment(issueId: string, comment: JiraComment): Json;
  option(field: CustomField, optionId: string): Json | null;
  /** Below the API's root: `/myself`. */
  link(path: string): string;
}

export interface RendererOptions {
  /** `http://127.0.0.1:PORT/ex/jira/CLOUD/rest/api/3`. */
  readonly root: () => string;
  readonly projects: ReadonlyMap<string, JiraProject>;
  readonly customFields: ReadonlyMap<string, CustomField>;
}

/** Issues in Jira's words. */
export const createRenderer = ({ root, projects, customFields }: RendererOptions): Renderer => {
  const link = (path: string): string => `${root()}${path}`;

  const status = (issue: JiraIssue): Json => {
    const { id, name } = statusOf(issue);
    const { id: categoryId, key, name: categoryName, colorName } = categoryOf(issue);
    const self = link(`/statuscategory/${categoryId}`);
    return {
      self: link(`/status/${id}`),
      id,
      name,
      statusCategory: { self, id: categoryId, key, colorName, name: categoryName },
    };
  };
  const priority = (issue: JiraIssue): Json => {
    const { id, name } = named(priorities, issue.priority) ?? priorities[2];
    return { self: link(`/priority/${id}`), id, name };
  };
  const issueType = (issue: JiraIssue): Json => {
    const { id, name, subtask, hierarchyLevel } = issueTypeOf(issue);
    return { self: link(`/issuetype/${id}`), id, name, subtask, hierarchyLevel };
  };
  const related = (issue: JiraIssue): Json => ({
    id: issue.id,
    key: issue.key,
    self: link(`/issue/${issue.id}`),
    fields: {
      summary: issue.summary,
      status: status(issue),
      priority: priority(issue),
      issuetype: issueType(issue),
    },
  });
  const issueLink = (one: IssueLink, view: IssueView): readonly Json[] => {
    const other = view.issue(one.otherId);
    if (other === null) return [];
    const type = { ...one.type, self: link(`/issueLinkType/${one.type.id}`) };
    const end = one.direction === "outward" ? "outwardIssue" : "inwardIssue";
    return [{ id: one.id, self: link(`/issueLink/${one.id}`), type, [end]: related(other) }];
  };
  const option = (field: CustomField, optionId: string): Json | null => {
    const found = field.options.find(({ id }) => id === optionId);
    return found === undefined
      ? null
      : { self: link(`/customFieldOption/${found.id}`), value: found.value, id: found.id };
  };
  const project = (id: string): Json => ({ self: link(`/project/${id}`), ...projects.get(id) });
  const resolution = (name: string | null): Json | null => {
    if (name === null) return null;
    const id = named(resolutions, name)?.id ?? "10099";
    return { self: link(`/resolution/${id}`), id, name };
  };
  const customValue = (field: CustomField, value: string | undefined): unknown => {
    if (value === undefined) return null;
    return field.type === "select" ? option(field, value) : value;
  };

  const fields: Renderer["fields"] = (issue, view) => {
    const parent = issue.parentId === null ? null : view.issue(issue.parentId);
    return {
      summary: issue.summary,
      description: issue.description ?? null,
      status: status(issue),
      resolution: resolution(issue.resolution),
      priority: priority(issue),
      labels: issue.labels,
      issuetype: issueType(issue),
      project: project(issue.projectId),
      created: jiraTime(issue.created),
      updated: jiraTime(issue.updated),
      issuelinks: issue.links.flatMap((one) => issueLink(one, view)),
      subtasks: view
        .all()
        .filter(({ parentId }) => parentId === issue.id)
        .map(related),
      ...(parent === null ? {} : { parent: related(parent) }),
      ...Object.fromEntries(
        [...customFields.values()].map((field) => [field.id, customValue(field, issue.values[field.id])]),
      ),
    };
  };

  return {
    fields,
    link,
    option,
    issue(issue, view, wanted) {
      const names = wanted.flatMap((name) => name.split(",")).map((name) => name.trim());
      if (names.every((name) => name === "id")) return { id: issue.id };
      return {
        expand: "",
        id: issue.id,
        self: link(`/issue/${issue.id}`),
        key: issue.key,
        fields: chosen(fields(issue, view), names),
      };
    },
    comment: (issueId, { id, body, created }) => ({
      self: link(`/issue/${issueId}/comment/${id}`),
      id,
      author: appUser(link),
      body,
      updateAuthor: appUser(link),
      created: jiraTime(created),
      updated: jiraTime(created),
      jsdPublic: true,
    }),
  };
};

/** Fields by name; `*all` and `*navigable` are every field here, `-name` leaves one out. */
const chosen = (fields: Json, names: readonly string[]): Json => {
  const excluded = new Set(names.filter((name) => name.startsWith("-")).map((name) => name.slice(1)));
  const included = names.filter((name) => !name.startsWith("-"));
  const all = included.length === 0 || included.some((name) => name === "*all" || name === "*navigable");
  const wanted = ([name]: readonly [string, unknown]): boolean =>
    !excluded.has(name) && (all || included.includes(name));
  return Object.fromEntries(Object.entries(fields).filter(wanted));
};

/** Whose token it is. */
export const appUser = (link: (path: string) => string): Json => ({
  self: link("/user?accountId=5b10a2844c20165700ede21g"),
  accountId: "5b10a2844c20165700ede21g",
  accountType: "app",
  displayName: "Automation",
  active: true,
  timeZone: "Etc/UTC",
});

/** `2026-11-22T10:00:00.000+0000`. */
export const jiraTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "+0000");
