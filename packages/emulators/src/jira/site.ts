import type { JiraSite, NewJiraIssue, SeenJiraIssue } from "./api.ts";
import { linkIssues } from "./links.ts";
import {
  type CustomField,
  type JiraIssue,
  type JiraProject,
  linkTypes,
  named,
  priorities,
  sameText,
  statusOf,
} from "./model.ts";
import type { JiraStore } from "./store.ts";

/** A person's hands on the site. What a person could not do throws: it is a mistake of the test. */
export const createSite = (store: JiraStore): JiraSite => {
  const site = siteLookups(store);
  const nextKey = (project: JiraProject): string =>
    `${project.key}-${store.nextNumber(`key in ${project.id}`, 1)}`;

  return {
    addProject({ key, name = key }) {
      if ([...store.projects.values()].some((project) => sameText(project.key, key)))
        throw new Error(`There is a project ${key} already`);
      const id = String(store.nextNumber("project", 10_000));
      store.projects.set(id, { id, key, name });
    },
    removeProject(key) {
      const { id } = site.project(key);
      for (const issue of store.all()) if (issue.projectId === id) store.delete(issue.id);
      store.projects.delete(id);
    },
    addField({ name, type, options = [] }) {
      const number = store.nextNumber("field", 10_500);
      const id = `customfield_${number}`;
      const contextId = String(store.nextNumber("context", 10_700));
      const made = (type === "select" ? options : []).map((value) => ({
        id: String(store.nextNumber("option", 10_100)),
        value,
      }));
      store.fields.set(id, { id, number, name, type, contextId, options: made });
      return id;
    },
    removeField(name) {
      const { id } = site.field(name);
      store.fields.delete(id);
      store.forgetValues((fieldId) => fieldId === id);
    },
    removeOption(fieldName, option) {
      const field = site.field(fieldName);
      const removed = optionId(field, option);
      store.fields.set(field.id, { ...field, options: field.options.filter(({ id }) => id !== removed) });
      store.forgetValues((fieldId, value) => fieldId === field.id && value === removed);
    },
    addIssue(issue) {
      const project = site.project(issue.projectKey);
      const id = String(store.nextNumber("issue", 10_000));
      const key = nextKey(project);
      store.create(newIssue(site, store.now(), issue, { id, key, projectId: project.id }));
      return { id, key };
    },
    block: (blocker, blocked) =>
      linkIssues(store, linkType("Blocks"), site.issue(blocker).id, site.issue(blocked).id),
    relate: (one, other) => linkIssues(store, linkType("Relates"), site.issue(one).id, site.issue(other).id),
    setField(issueId, fieldName, value) {
      const field = site.field(fieldName);
      const { [field.id]: _, ...values } = site.issue(issueId).values;
      store.update(issueId, {
        values: value === null ? values : { ...values, [field.id]: stored(field, value) },
      });
    },
    edit: (issueId, edit) => store.update(issueId, edit),
    setStatus(issueId, status, resolution = "Done") {
      store.update(issueId, { status, resolution: status === "Done" ? resolution : null });
    },
    moveToProject(issueId, projectKey) {
      const { key, formerKeys, projectId } = site.issue(issueId);
      const project = site.project(projectKey);
      if (project.id === projectId) return;
      store.update(issueId, {
        projectId: project.id,
        key: nextKey(project),
        formerKeys: [...formerKeys, key],
      });
    },
    deleteIssue: (issueId) => store.delete(issueId),
    issue: (issueId) => {
      const issue = store.issue(issueId);
      return issue === null ? null : seen(store, issue);
    },
    comments: (issueId) => store.comments(issueId).map(({ body }) => body),
  };
};

interface SiteLookups {
  readonly project: (key: string) => JiraProject;
  readonly field: (name: string) => CustomField;
  readonly issue: (idOrKey: string) => JiraIssue;
}

const siteLookups = (store: JiraStore): SiteLookups => ({
  project: (key) =>
    found(
      `project ${key}`,
      [...store.projects.values()].find((one) => sameText(one.key, key)),
    ),
  field: (name) =>
    found(
      `field ${name}`,
      [...store.fields.values()].find((one) => one.name === name),
    ),
  issue: (idOrKey) => found(`issue ${idOrKey}`, store.find(idOrKey)),
});

const found = <T>(what: string, value: T | null | undefined): T => {
  if (value === undefined || value === null) throw new Error(`The site has no ${what}`);
  return value;
};

const linkType = (name: string) => found(`link type ${name}`, named(linkTypes, name));

const optionId = (field: CustomField, option: string): string =>
  found(
    `option ${option} of ${field.name}`,
    field.options.find(({ value }) => value === option),
  ).id;

const stored = (field: CustomField, value: string): string =>
  field.type === "select" ? optionId(field, value) : value;

const newIssue = (
  site: SiteLookups,
  now: number,
  { summary, description = null, fields = {}, parent, priority = "Medium", labels = [] }: NewJiraIssue,
  identity: Pick<JiraIssue, "id" | "key" | "projectId">,
): JiraIssue => ({
  ...identity,
  formerKeys: [],
  summary,
  description,
  status: "To Do",
  resolution: null,
  priority: found(`priority ${priority}`, named(priorities, priority)).name,
  labels,
  parentId: parent === undefined ? null : site.issue(parent).id,
  values: Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const field = site.field(name);
      return [field.id, stored(field, value)];
    }),
  ),
  links: [],
  created: now,
  updated: now,
});

const seen = (store: JiraStore, issue: JiraIssue): SeenJiraIssue => {
  const { id, key, summary, description, values } = issue;
  const { name, category } = statusOf(issue);
  const fields = [...store.fields.values()].flatMap((field) => {
    const value = values[field.id];
    if (value === undefined) return [];
    const shown = field.type === "text" ? value : field.options.find((option) => option.id === value)?.value;
    return shown === undefined ? [] : [[field.name, shown] as const];
  });
  return { id, key, summary, description, status: { name, category }, fields: Object.fromEntries(fields) };
};
