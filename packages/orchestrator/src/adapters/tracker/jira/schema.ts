import { z } from "zod";
import { plainLine } from "./plain-line.ts";

/** What is read of Jira's answers, and no more: it adds fields every month. */

/** Fifteen digits are as many as a number of JSON keeps exactly. */
const issueId = z.string().regex(/^\d{1,15}$/);

/** Names that people gave, and an issue's summary: Jira allows 255 characters. */
const line = z.string().transform((text) => plainLine(text, 300));

const namedSchema = z.object({ name: line });

const statusSchema = z.object({
  name: line,
  statusCategory: z.object({ key: z.string() }),
});

const linkedIssueSchema = z.object({
  id: z.string(),
  key: line,
  fields: z.object({ summary: line.optional(), status: statusSchema.optional() }).optional(),
});
export type LinkedIssue = z.infer<typeof linkedIssueSchema>;

const issueLinkSchema = z.object({
  type: namedSchema,
  inwardIssue: linkedIssueSchema.optional(),
  outwardIssue: linkedIssueSchema.optional(),
});

/** The whole of an issue that a ticket is made of; custom fields keep their own names. */
export const issueSchema = z.object({
  id: issueId,
  key: z
    .string()
    .max(300)
    .regex(/^[a-z][a-z0-9_]*-\d+$/i, "not an issue's key"),
  fields: z.looseObject({
    summary: line,
    description: z.unknown().optional(),
    project: z.object({ key: line }),
    status: statusSchema,
    resolution: namedSchema.nullish(),
    priority: namedSchema.nullish(),
    issuelinks: z.array(issueLinkSchema).nullish(),
    parent: linkedIssueSchema.nullish(),
    created: z.string(),
    updated: z.string(),
  }),
});
export type Issue = z.infer<typeof issueSchema>;

/** An issue of which only some fields were asked for. */
export const bareIssueSchema = z.object({
  id: issueId,
  key: line,
  fields: z.record(z.string(), z.unknown()).default({}),
});
export type BareIssue = z.infer<typeof bareIssueSchema>;

/** What a relative is told by. */
export const relativeFieldsSchema = z.object({
  summary: line,
  description: z.unknown().optional(),
  parent: z.object({ key: z.string() }).nullish(),
});

export const searchSchema = z.object({
  issues: z.array(bareIssueSchema),
  nextPageToken: z.string().nullish(),
});

export const bulkFetchSchema = z.object({ issues: z.array(bareIssueSchema) });

export const fieldsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    custom: z.boolean().optional(),
    schema: z.object({ type: z.string(), custom: z.string().optional() }).optional(),
  }),
);

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ values: z.array(item), isLast: z.boolean().optional() });

export const contextsSchema = pageOf(z.object({ id: z.string().regex(/^\d+$/) }));
export const optionsSchema = pageOf(z.object({ id: z.string(), value: z.string(), disabled: z.boolean() }));

export const suggestionsSchema = z.object({ results: z.array(z.object({ value: z.string() })) });

export const parsedJqlSchema = z.object({
  queries: z.array(z.object({ errors: z.array(z.string()).optional() })),
});

export const matchesSchema = z.object({
  matches: z.array(z.object({ matchedIssues: z.array(z.number()), errors: z.array(z.string()) })),
});

export const commentsSchema = z.object({
  comments: z.array(z.object({ body: z.unknown().optional() })),
  total: z.number(),
});
export const commentSchema = z.object({ id: z.string() });

export const permissionsSchema = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});

export const myselfSchema = z.object({ accountId: z.string() });

/** How Jira, and the gateway before it, say no. */
export const errorBodySchema = z.object({
  errorMessages: z.array(z.string()).optional().catch(undefined),
  errors: z.record(z.string(), z.unknown()).optional().catch(undefined),
  /** The gateway's. */
  message: z.string().optional().catch(undefined),
});
