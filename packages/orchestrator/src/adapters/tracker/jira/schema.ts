import { z } from "zod";

/** What is read of Jira's answers, and no more: it adds fields every month. */

const namedSchema = z.object({ name: z.string() });

const statusSchema = z.object({
  name: z.string(),
  statusCategory: z.object({ key: z.string() }),
});

const linkedIssueSchema = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({ summary: z.string().optional(), status: statusSchema.optional() }).optional(),
});
export type LinkedIssue = z.infer<typeof linkedIssueSchema>;

const issueLinkSchema = z.object({
  type: namedSchema,
  inwardIssue: linkedIssueSchema.optional(),
  outwardIssue: linkedIssueSchema.optional(),
});

/** The whole of an issue that a ticket is made of; custom fields keep their own names. */
export const issueSchema = z.object({
  id: z.string().regex(/^\d+$/),
  key: z.string().min(1),
  fields: z.looseObject({
    summary: z.string(),
    description: z.unknown().optional(),
    project: z.object({ key: z.string() }),
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
  id: z.string().regex(/^\d+$/),
  key: z.string().min(1),
  fields: z.record(z.string(), z.unknown()).default({}),
});
export type BareIssue = z.infer<typeof bareIssueSchema>;

/** What a relative is told by. */
export const relativeFieldsSchema = z.object({
  summary: z.string(),
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

export const contextsSchema = pageOf(z.object({ id: z.string() }));
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
  errorMessages: z.array(z.string()).optional(),
  errors: z.record(z.string(), z.string()).optional(),
  /** The gateway's. */
  message: z.string().optional(),
});
