import { z } from "zod";

const instant = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((at) => !Number.isNaN(at));

/** What a person wrote. No database keeps a NUL or half a character. */
const words = z.string().transform((text) => text.replaceAll("\0", "").toWellFormed());

/** An error is an error, however little of it can be read. */
const hint = z.string().optional().catch(undefined);
const graphqlErrorSchema = z.object({
  message: z.string().catch(""),
  path: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .catch(undefined),
  extensions: z.object({ code: hint, type: hint, userPresentableMessage: hint }).optional().catch(undefined),
});
export type GraphqlError = z.infer<typeof graphqlErrorSchema>;

export const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(graphqlErrorSchema).nullish(),
});

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const state = z.object({ name: words, type: z.string() });
const team = z.object({ id: z.string(), key: z.string() });

const relationSource = z.object({
  type: z.string(),
  issue: z.object({
    identifier: z.string(),
    title: words,
    trashed: z.boolean().nullable(),
    state,
  }),
});
export type RelationSource = z.infer<typeof relationSource>;

/** One entry of a page of issues. */
export const issueSchema = z.object({
  id: z.guid(),
  identifier: z.string(),
  title: words,
  description: words.nullable(),
  url: z.string(),
  priority: z.number(),
  createdAt: instant,
  updatedAt: instant,
  archivedAt: z.string().nullable(),
  trashed: z.boolean().nullable(),
  labelIds: z.array(z.string()),
  state,
  team,
  parent: z
    .object({
      identifier: z.string(),
      title: words,
      description: words.nullable(),
      children: z.object({
        nodes: z.array(z.object({ identifier: z.string(), title: words })),
      }),
    })
    .nullable(),
  inverseRelations: z.object({ pageInfo, nodes: z.array(relationSource) }),
  relations: z.object({
    nodes: z.array(
      z.object({
        type: z.string(),
        relatedIssue: z.object({ identifier: z.string(), title: words }),
      }),
    ),
  }),
});
export type Issue = z.infer<typeof issueSchema>;

/** Each issue is read for itself, with `issueSchema`: one that makes no sense must not hide the others. */
export const issuesSchema = z.object({ issues: z.object({ pageInfo, nodes: z.array(z.unknown()) }) });

export const blockersSchema = z.object({
  issues: z.object({
    nodes: z.array(z.object({ inverseRelations: z.object({ pageInfo, nodes: z.array(relationSource) }) })),
  }),
});

const target = z.object({
  id: z.string(),
  identifier: z.string(),
  trashed: z.boolean().nullable(),
  labelIds: z.array(z.string()),
  state: z.object({ type: z.string() }),
  team,
});
/** What has to be known of an issue before it is written to. */
export type Target = z.infer<typeof target>;

export const targetsSchema = z.object({
  issues: z.object({ nodes: z.array(target) }),
  /** There where it was asked for. */
  comments: z.object({ nodes: z.array(z.object({ id: z.string() })) }).optional(),
});

const label = z.object({
  id: z.string(),
  name: z.string(),
  isGroup: z.boolean(),
  retiredAt: z.string().nullable(),
  /** The group that it is in: an issue can have one label of a group. */
  parent: z.object({ id: z.string(), name: words }).nullable(),
  team: z.object({ id: z.string() }).nullable(),
});
export type LabelNode = z.infer<typeof label>;

const workflowState = z.object({
  id: z.string(),
  type: z.string(),
  position: z.number(),
  team: z.object({ id: z.string() }),
});
export type StateNode = z.infer<typeof workflowState>;

/** Each there where it was asked for. */
export const workspaceSchema = z.object({
  issueLabels: z.object({ pageInfo, nodes: z.array(label) }).optional(),
  workflowStates: z.object({ pageInfo, nodes: z.array(workflowState) }).optional(),
});

/** By alias. */
export const createdLabelsSchema = z.record(
  z.string(),
  z.object({ success: z.boolean(), issueLabel: label }),
);
export const writtenSchema = z.record(z.string(), z.object({ success: z.boolean() }));

export const accountSchema = z.object({
  viewer: z.object({ name: z.string() }),
  organization: z.object({ name: z.string(), urlKey: z.string() }),
});

export const teamsSchema = z.object({ teams: z.object({ pageInfo, nodes: z.array(team) }) });
export type Team = z.infer<typeof team>;
