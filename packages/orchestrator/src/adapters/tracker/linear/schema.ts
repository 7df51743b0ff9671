import { z } from "zod";

const instant = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((at) => !Number.isNaN(at));

export const graphqlErrorSchema = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z
    .object({
      code: z.string().optional(),
      type: z.string().optional(),
      userPresentableMessage: z.string().optional(),
    })
    .optional(),
});
export type GraphqlError = z.infer<typeof graphqlErrorSchema>;

export const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(graphqlErrorSchema).optional(),
});

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const state = z.object({ name: z.string(), type: z.string() });
const team = z.object({ id: z.string(), key: z.string() });

const relationSource = z.object({
  type: z.string(),
  issue: z.object({
    identifier: z.string(),
    title: z.string(),
    trashed: z.boolean().nullable(),
    state,
  }),
});
export type RelationSource = z.infer<typeof relationSource>;

export const issueSchema = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  description: z.string().nullable(),
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
      title: z.string(),
      description: z.string().nullable(),
      children: z.object({
        nodes: z.array(z.object({ identifier: z.string(), title: z.string() })),
      }),
    })
    .nullable(),
  inverseRelations: z.object({ pageInfo, nodes: z.array(relationSource) }),
  relations: z.object({
    nodes: z.array(
      z.object({
        type: z.string(),
        relatedIssue: z.object({ identifier: z.string(), title: z.string() }),
      }),
    ),
  }),
});
export type Issue = z.infer<typeof issueSchema>;

export const issuesSchema = z.object({ issues: z.object({ pageInfo, nodes: z.array(issueSchema) }) });

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
  issues: z.object({ nodes: z.array(target) }).optional(),
  comments: z.object({ nodes: z.array(z.object({ id: z.string() })) }).optional(),
});

const label = z.object({
  id: z.string(),
  name: z.string(),
  isGroup: z.boolean(),
  retiredAt: z.string().nullable(),
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
