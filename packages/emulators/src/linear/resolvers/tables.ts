import { commentFields } from "./comment-fields.ts";
import type { FieldTable } from "./fields.ts";
import { issueFields, relationFields } from "./issue-fields.ts";
import { mutationFields } from "./mutations.ts";
import { queryFields } from "./queries.ts";
import { labelFields, stateFields, teamFields } from "./team-fields.ts";
import { organizationFields, userFields } from "./workspace-fields.ts";

/** By the names of the schema's types. */
export const fieldTables: Readonly<Record<string, FieldTable>> = {
  Comment: commentFields,
  Issue: issueFields,
  IssueLabel: labelFields,
  IssueRelation: relationFields,
  Mutation: mutationFields,
  Organization: organizationFields,
  Query: queryFields,
  Team: teamFields,
  User: userFields,
  WorkflowState: stateFields,
};
