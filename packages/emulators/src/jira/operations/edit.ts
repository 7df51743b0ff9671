import { z } from "zod";
import { adfProblem, adfText } from "../adf.ts";
import { type CustomField, type JiraIssue, named, type PriorityName, priorities } from "../model.ts";
import { refuse, refuseFields } from "../refusal.ts";
import type { JiraStore } from "../store.ts";

type Edit = Partial<Omit<JiraIssue, "id" | "created" | "updated">>;

const operationSchema = z.record(z.string(), z.unknown());
const bodySchema = z.object({
  fields: z.record(z.string(), z.unknown()).default({}),
  update: z.record(z.string(), z.array(operationSchema)).default({}),
});

/** Jira's own limits, in characters. */
export const maxText = 32_767;
const maxLine = 255;

/** What a request to edit asks for. @throws Refusal with a sentence for each field that cannot be set so */
export const editOf = (store: JiraStore, issue: JiraIssue, body: unknown): Edit => {
  const { fields, update } = bodySchema.parse(body ?? {});
  const names = [...Object.keys(fields), ...Object.keys(update)];
  if (names.length === 0) throw refuse(400, "one of 'fields' or 'update' required");
  const errors: Record<string, string> = {};
  let edited: JiraIssue = issue;
  const take = (name: string, result: Edit | string): void => {
    if (typeof result === "string") errors[name] = result;
    else edited = { ...edited, ...result };
  };
  for (const name of names)
    if (name in fields && name in update)
      errors[name] = `Field '${name}' cannot appear in both 'fields' and 'update'`;
  for (const [name, value] of Object.entries(fields)) take(name, setField(store, edited, name, value));
  for (const [name, operations] of Object.entries(update))
    for (const operation of operations)
      for (const [verb, value] of Object.entries(operation))
        take(name, updateField(store, edited, name, verb, value));
  if (Object.keys(errors).length > 0) throw refuseFields(errors);
  const { id: _, created: __, updated: ___, ...edit } = edited;
  return edit;
};

/** What it changes, or why it cannot, in Jira's words. */
const setField = (store: JiraStore, issue: JiraIssue, name: string, value: unknown): Edit | string => {
  switch (name) {
    case "summary":
      return setSummary(value);
    case "description":
      return setDescription(value);
    case "labels":
      return setLabels(value);
    case "priority":
      return setPriority(value);
    default: {
      const field = store.fields.get(name);
      return field === undefined
        ? `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`
        : setCustom(issue, field, value);
    }
  }
};

const updateField = (
  store: JiraStore,
  issue: JiraIssue,
  name: string,
  verb: string,
  value: unknown,
): Edit | string => {
  if (verb === "set") return setField(store, issue, name, value);
  if (name !== "labels" || (verb !== "add" && verb !== "remove"))
    return `Field with id '${name}' and name '${name}' does not support operation '${verb}' Supported operation(s) are: 'set'`;
  if (typeof value !== "string") return "data was not a string";
  const others = issue.labels.filter((label) => label !== value);
  return setLabels(verb === "add" ? [...others, value] : others);
};

const setSummary = (value: unknown): Edit | string => {
  if (typeof value !== "string") return "Operation value must be a string";
  if (value.trim() === "") return "You must specify a summary of the issue.";
  if (/[\r\n]/.test(value)) return "The summary is invalid because it contains newline characters.";
  return value.length > maxLine ? `Summary can't exceed ${maxLine} characters.` : { summary: value };
};

const setDescription = (value: unknown): Edit | string => {
  if (value === null) return { description: null };
  if (adfProblem(value) !== null)
    return "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
  return adfText(value).length > maxText ? tooLong(maxText) : { description: value };
};

const setLabels = (value: unknown): Edit | string => {
  const labels = z.array(z.string()).safeParse(value).data;
  if (labels === undefined) return "data was not an array";
  const spaced = labels.find((label) => /\s/.test(label));
  if (spaced !== undefined) return `The label '${spaced}' contains spaces which is invalid.`;
  const long = labels.find((label) => label.length > maxLine);
  if (long !== undefined) return `The label '${long}' exceeds the maximum length of ${maxLine} characters.`;
  return { labels: [...new Set(labels)].sort() };
};

const setPriority = (value: unknown): Edit | string => {
  const { name = "", id } =
    z.object({ name: z.string(), id: z.string() }).partial().safeParse(value).data ?? {};
  const found = named(priorities, name) ?? priorities.find((priority) => priority.id === id);
  return found === undefined
    ? "Specify a valid 'id' or 'name' for Priority"
    : { priority: found.name satisfies PriorityName };
};

const setCustom = (issue: JiraIssue, field: CustomField, value: unknown): Edit | string => {
  if (value === null) {
    const { [field.id]: _, ...values } = issue.values;
    return { values };
  }
  const stored = field.type === "select" ? optionId(field, value) : line(value);
  return "problem" in stored ? stored.problem : { values: { ...issue.values, [field.id]: stored.value } };
};

type Stored = { readonly value: string } | { readonly problem: string };

const optionSchema = z.union([z.object({ id: z.string() }), z.object({ value: z.string() })]);

const optionId = (field: CustomField, value: unknown): Stored => {
  const wanted = optionSchema.safeParse(value).data;
  if (wanted === undefined) return { problem: `Specify a valid 'id' or 'value' for ${field.name}` };
  if ("id" in wanted) {
    const found = field.options.find(({ id }) => id === wanted.id);
    return found === undefined ? { problem: `Option id '${wanted.id}' is not valid` } : { value: found.id };
  }
  const found = field.options.find((option) => option.value === wanted.value);
  return found === undefined
    ? { problem: `Option value '${wanted.value}' is not valid` }
    : { value: found.id };
};

const line = (value: unknown): Stored => {
  if (typeof value !== "string") return { problem: "Operation value must be a string" };
  return value.length > maxLine ? { problem: tooLong(maxLine) } : { value };
};

export const tooLong = (most: number): string =>
  `The entered text is too long. It exceeds the allowed limit of ${most.toLocaleString("en")} characters.`;
