import { entityNotFound } from "../errors.ts";
import type { Comment, Issue, Label, Relation, Team, WorkflowState } from "./records.ts";
import type { Store } from "./store.ts";

const found = <E>(kind: string, record: E | undefined): E => {
  if (record === undefined) throw entityNotFound(kind);
  return record;
};

/** By id or key. @throws GraphQLError "Entity not found", as do all below */
export const teamOf = (store: Store, id: string): Team =>
  found("Team", store.teams.get(id) ?? store.teams.list().find(({ key }) => key === id));

export const stateOf = (store: Store, id: string): WorkflowState =>
  found("WorkflowState", store.states.get(id));

export const labelOf = (store: Store, id: string): Label => found("IssueLabel", store.labels.get(id));

export const commentOf = (store: Store, id: string): Comment => found("Comment", store.comments.get(id));

export const relationOf = (store: Store, id: string): Relation =>
  found("IssueRelation", store.relations.get(id));

/** By id, identifier, or an identifier that it had before. */
export const issueOf = (store: Store, id: string): Issue => found("Issue", findIssue(store, id));

const findIssue = (store: Store, id: string): Issue | undefined =>
  store.issues.get(id) ??
  store.issues.list().find((issue) => identifierOf(store, issue) === id) ??
  store.issues.list().find(({ previousIdentifiers }) => previousIdentifiers.includes(id));

export const identifierOf = (store: Store, { teamId, number }: Issue): string =>
  `${teamOf(store, teamId).key}-${number}`;

/** In the order of a team's board. */
export const statesOf = (store: Store, teamId: string): readonly WorkflowState[] =>
  store.states
    .list()
    .filter((state) => state.teamId === teamId)
    .sort((one, other) => one.position - other.position);

export const labelsOf = (store: Store, { labelIds }: Issue): readonly Label[] =>
  labelIds.map((id) => labelOf(store, id));

export const childrenOf = (store: Store, { id }: Issue): readonly Issue[] =>
  store.issues.list().filter(({ parentId }) => parentId === id);

export const commentsOf = (store: Store, { id }: Issue): readonly Comment[] =>
  store.comments.list().filter(({ issueId }) => issueId === id);

/** Said of the issue itself: it blocks, it duplicates. */
export const relationsOf = (store: Store, { id }: Issue): readonly Relation[] =>
  store.relations.list().filter(({ issueId }) => issueId === id);

/** Said of another issue about this one. */
export const inverseRelationsOf = (store: Store, { id }: Issue): readonly Relation[] =>
  store.relations.list().filter(({ relatedIssueId }) => relatedIssueId === id);
