import { z } from "zod";
import { adfProblem, adfText } from "../adf.ts";
import { linkIssues as link } from "../links.ts";
import { type CustomField, linkTypes, named, priorities } from "../model.ts";
import { noSuchIssue, refuse } from "../refusal.ts";
import { editOf } from "./edit.ts";
import { issueOf, noContent, type Operation, ok } from "./operation.ts";

const maxFetched = 100;

const fetchSchema = z.object({
  issueIdsOrKeys: z.array(z.string()),
  fields: z.array(z.string()).default(["*navigable"]),
});

/**
 * What is not there is left out: `issueErrors` names only what the vendor could not return though it is there. Issues
 * come in ascending order of their ids.
 */
export const bulkFetchIssues: Operation = ({ store, render }, call) => {
  const { issueIdsOrKeys, fields } = fetchSchema.parse(call.body);
  if (issueIdsOrKeys.length === 0) throw refuse(400, "At least one issue ID or key must be given.");
  if (issueIdsOrKeys.length > maxFetched)
    throw refuse(400, `The number of issues to fetch must not exceed ${maxFetched}.`);
  const asked = [...new Set(issueIdsOrKeys)];
  const issues = asked.flatMap((id) => store.find(id) ?? []);
  const unique = [...new Map(issues.map((issue) => [issue.id, issue])).values()];
  return ok({
    issues: unique
      .sort((one, other) => Number(one.id) - Number(other.id))
      .map((issue) => render.issue(issue, store, fields)),
    issueErrors: [],
  });
};

export const getIssue: Operation = (api, call) => {
  const fields = call.query.getAll("fields");
  return ok(api.render.issue(issueOf(api, call), api.store, fields.length === 0 ? ["*all"] : fields));
};

export const editIssue: Operation = (api, call) => {
  const issue = issueOf(api, call);
  const edit = editOf(api.store, issue, call.body);
  const limited = api.limits.write(issue.id);
  if (limited !== null) return limited;
  api.store.update(issue.id, edit);
  if (call.query.get("returnIssue") !== "true") return noContent;
  return ok(api.render.issue(issueOf(api, call), api.store, ["*all"]));
};

/** What can be edited, with the values that a select takes. */
export const getEditMeta: Operation = (api, call) => {
  issueOf(api, call);
  const { store, render } = api;
  const system = (id: string, name: string, type: string, extra: object = {}) => [
    id,
    {
      key: id,
      name,
      required: id === "summary",
      operations: ["set"],
      schema: { type, system: id },
      ...extra,
    },
  ];
  const custom = (field: CustomField) => [
    field.id,
    {
      key: field.id,
      name: field.name,
      required: false,
      operations: ["set"],
      schema: customSchema(field),
      ...(field.type === "select"
        ? { allowedValues: field.options.map(({ id }) => render.option(field, id)) }
        : {}),
    },
  ];
  const priority = priorities.map(({ id, name }) => ({ self: render.link(`/priority/${id}`), id, name }));
  const labels = {
    operations: ["add", "set", "remove"],
    schema: { type: "array", items: "string", system: "labels" },
  };
  const fields = [
    system("summary", "Summary", "string"),
    system("description", "Description", "string"),
    system("labels", "Labels", "array", labels),
    system("priority", "Priority", "priority", { allowedValues: priority }),
    ...[...store.fields.values()].map(custom),
  ];
  return ok({ fields: Object.fromEntries(fields) as unknown });
};

export const customSchema = ({ number, type }: CustomField) => ({
  type: type === "select" ? "option" : "string",
  custom: `com.atlassian.jira.plugin.system.customfieldtypes:${type === "select" ? "select" : "textfield"}`,
  customId: number,
});

const endSchema = z.object({ id: z.string().optional(), key: z.string().optional() });
const linkSchema = z.object({
  type: z.object({ id: z.string().optional(), name: z.string().optional() }),
  inwardIssue: endSchema,
  outwardIssue: endSchema,
  comment: z.object({ body: z.unknown() }).optional(),
});

/** The inward issue is the one that blocks. */
export const linkIssues: Operation = ({ store, limits }, call) => {
  const { type, inwardIssue, outwardIssue, comment } = linkSchema.parse(call.body);
  const linkType = named(linkTypes, type.name ?? "") ?? linkTypes.find(({ id }) => id === type.id);
  if (linkType === undefined) throw refuse(404, `No issue link type with name '${type.name ?? ""}' found.`);
  const [from, to] = [inwardIssue, outwardIssue].map(({ id, key }) => store.find(id ?? key ?? ""));
  if (!from || !to) throw refuse(404, noSuchIssue);
  const limited = limits.write(from.id) ?? limits.write(to.id);
  if (limited !== null) return limited;
  if (comment !== undefined) {
    if (adfProblem(comment.body) !== null || adfText(comment.body).trim() === "")
      throw refuse(400, "Comment body is not valid!");
    store.comment(from.id, comment.body);
  }
  link(store, linkType, from.id, to.id);
  return { status: 201, body: "" };
};
