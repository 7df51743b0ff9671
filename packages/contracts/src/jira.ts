import { z } from "zod";
import { pageQuerySchema } from "./resources.ts";

/** As long as a project's own JQL may be. */
export const jqlSchema = z.object({ jql: z.string().min(1).max(10_000) });

/** `errors` are Jira's own words; empty when it is valid. */
export const jqlVerdictSchema = z.object({ valid: z.boolean(), errors: z.array(z.string()) });

export const jiraFieldSchema = z.object({
  id: z.string(),
  name: z.string(),
  custom: z.boolean(),
  /** Jira's name of it: `option` is a select field. */
  type: z.string(),
});

export const jiraFieldOptionsQuerySchema = pageQuerySchema.extend({
  fieldId: z.string().regex(/^customfield_\d{1,12}$/, "the id of a custom field, such as customfield_10500"),
});

/** `disabled`: it stays where it is set and can no longer be chosen. */
export const jiraFieldOptionSchema = z.object({ id: z.string(), value: z.string(), disabled: z.boolean() });
