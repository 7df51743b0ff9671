import { adfText } from "../adf.ts";
import {
  categoryOf,
  issueTypeOf,
  issueTypes,
  type JiraIssue,
  named,
  priorities,
  resolutions,
  sameText,
  statusCategories,
  statuses,
  statusOf,
} from "../model.ts";
import { jqlTime } from "./period.ts";
import {
  comparison,
  equality,
  likeness,
  noSuchValue,
  problem,
  type SearchField,
  type SearchSite,
  value,
} from "./search-field.ts";

/** A field of every Jira site by one of its names; null where the emulator knows none of it. */
export const systemField = (site: SearchSite, name: string): SearchField | null => {
  switch (name.toLowerCase()) {
    case "project":
      return projectField(site, name);
    case "key":
    case "issuekey":
    case "id":
    case "issue":
      return keyField(site, name);
    case "parent":
      return parentField(site, name);
    case "status":
      return listField(name, statuses, statusOf, (issue) => statusOf(issue).id);
    case "statuscategory":
      return statusCategoryField(name);
    case "issuetype":
    case "type":
      return listField(name, issueTypes, issueTypeOf, (issue) => issueTypeOf(issue).name);
    case "priority":
      return priorityField(name);
    case "resolution":
      return resolutionField(name);
    case "labels":
      return {
        name,
        operators: equality,
        values: ({ labels }) => labels.map((label) => label.toLowerCase()),
        resolve: (label) => value(label.toLowerCase()),
      };
    case "summary":
      return { ...textField(name, ({ summary }) => summary), sortBy: ({ summary }) => summary.toLowerCase() };
    case "description":
      return textField(name, ({ description }) => adfText(description));
    case "text":
      return textField(name, ({ summary, description }) => `${summary}\n${adfText(description)}`);
    case "created":
    case "createddate":
      return timeField(site, name, ({ created }) => created);
    case "updated":
    case "updateddate":
      return timeField(site, name, ({ updated }) => updated);
    default:
      return null;
  }
};

const projectField = ({ projects }: SearchSite, name: string): SearchField => ({
  name,
  operators: equality,
  values: ({ projectId }) => [projectId],
  resolve: (operand) => {
    const found = [...projects.values()].find(
      ({ id, key, name: title }) => id === operand || sameText(key, operand) || sameText(title, operand),
    );
    return found === undefined ? noSuchValue(name, operand) : value(found.id);
  },
  sortBy: ({ projectId }) => projects.get(projectId)?.name ?? "",
});

const keyField = (site: SearchSite, name: string): SearchField => ({
  name,
  operators: equality,
  values: ({ id }) => [id],
  resolve: (operand) => {
    const found = site.find(operand);
    if (found !== null) return value(found.id);
    if (/^\d+$/.test(operand))
      return problem(`A value with ID '${operand}' does not exist for the field '${name}'.`);
    return /^[a-z]\w*-\d+$/i.test(operand)
      ? problem(`An issue with key '${operand}' does not exist for field '${name}'.`)
      : problem(`The issue key '${operand}' for field '${name}' is invalid.`);
  },
  // Ids are given in the order of creation, as numbers of one length.
  sortBy: ({ id }) => Number(id),
});

const parentField = (site: SearchSite, name: string): SearchField => ({
  name,
  operators: equality,
  values: ({ parentId }) => (parentId === null ? [] : [parentId]),
  resolve: (operand) => {
    const found = site.find(operand);
    return found === null
      ? problem(`Issue '${operand}' could not be found in function or field '${name}'.`)
      : value(found.id);
  },
});

interface Listed {
  readonly id: string;
  readonly name: string;
}

const listField = (
  name: string,
  all: readonly Listed[],
  of: (issue: JiraIssue) => Listed,
  sortBy: (issue: JiraIssue) => string | number,
): SearchField => ({
  name,
  operators: equality,
  values: (issue) => [of(issue).id],
  resolve: (operand) => {
    const found = named(all, operand) ?? all.find(({ id }) => id === operand);
    return found === undefined ? noSuchValue(name, operand) : value(found.id);
  },
  sortBy,
});

const statusCategoryField = (name: string): SearchField => ({
  name,
  operators: equality,
  values: (issue) => [categoryOf(issue).key],
  resolve: (operand) => {
    const found = statusCategories.find(
      ({ id, key, name: title }) =>
        String(id) === operand || sameText(key, operand) || sameText(title, operand),
    );
    return found === undefined ? noSuchValue(name, operand) : value(found.key);
  },
  sortBy: (issue) => categoryOf(issue).id,
});

/** More important is greater; Jira's ids count the other way. */
const rank = (id: string): number => -Number(id);

const priorityField = (name: string): SearchField => ({
  name,
  operators: [...equality, ...comparison],
  values: ({ priority }) => [rank(named(priorities, priority)?.id ?? "3")],
  resolve: (operand) => {
    const found = named(priorities, operand) ?? priorities.find(({ id }) => id === operand);
    return found === undefined ? noSuchValue(name, operand) : value(rank(found.id));
  },
  sortBy: ({ priority }) => rank(named(priorities, priority)?.id ?? "3"),
});

const resolutionField = (name: string): SearchField => ({
  name,
  operators: equality,
  values: ({ resolution }) => (resolution === null ? [] : [resolution.toLowerCase()]),
  resolve: (operand) => {
    const found = named(resolutions, operand) ?? resolutions.find(({ id }) => id === operand);
    return found === undefined ? noSuchValue(name, operand) : value(found.name.toLowerCase());
  },
  sortBy: ({ resolution }) => resolution,
});

const textField = (name: string, text: (issue: JiraIssue) => string): SearchField => ({
  name,
  operators: likeness,
  values: (issue) => (text(issue) === "" ? [] : [text(issue)]),
  resolve: value,
});

const timeField = (site: SearchSite, name: string, time: (issue: JiraIssue) => number): SearchField => ({
  name,
  operators: [...equality, ...comparison],
  values: (issue) => [time(issue)],
  resolve: (operand) => {
    const found = jqlTime(operand, site.now());
    return found === null
      ? problem(
          `Date value '${operand}' for field '${name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
        )
      : value(found);
  },
  sortBy: time,
});
