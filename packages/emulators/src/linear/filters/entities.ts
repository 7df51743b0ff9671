import {
  childrenOf,
  commentsOf,
  identifierOf,
  inverseRelationsOf,
  issueOf,
  labelOf,
  labelsOf,
  relationsOf,
  stateOf,
  teamOf,
} from "../store/look-up.ts";
import type { Comment, Issue, Label, Relation, Team, User, WorkflowState } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { booleanTest, dateTest, idTest, numberTest, stringTest } from "./comparators.ts";
import { collectionField, createMatcher, entityField, type Matcher, valueField } from "./matcher.ts";

export interface Filters {
  readonly issue: Matcher<Issue>;
  readonly label: Matcher<Label>;
  readonly state: Matcher<WorkflowState>;
  readonly team: Matcher<Team>;
  readonly comment: Matcher<Comment>;
  readonly user: Matcher<User>;
}

/** The schema's filters over what the store keeps. */
export const createFilters = (store: Store): Filters => {
  const filters: Filters = {
    issue: createMatcher("IssueFilter", {
      ...commonFields<Issue>((issue) => [issue.id, identifierOf(store, issue)]),
      ...issueValues,
      ...relationFields(store),
      state: entityField(
        ({ stateId }: Issue) => stateOf(store, stateId),
        () => filters.state,
      ),
      team: entityField(
        ({ teamId }: Issue) => teamOf(store, teamId),
        () => filters.team,
      ),
      parent: entityField(
        ({ parentId }: Issue) => (parentId === null ? null : issueOf(store, parentId)),
        () => filters.issue,
      ),
      creator: entityField(
        () => store.viewer,
        () => filters.user,
      ),
      assignee: entityField(
        () => null,
        () => filters.user,
      ),
      labels: collectionField(
        (issue: Issue) => labelsOf(store, issue),
        () => filters.label,
      ),
      children: collectionField(
        (issue: Issue) => childrenOf(store, issue),
        () => filters.issue,
      ),
      comments: collectionField(
        (issue: Issue) => commentsOf(store, issue),
        () => filters.comment,
      ),
    }),
    label: createMatcher("IssueLabelFilter", {
      ...commonFields<Label>(({ id }) => [id]),
      name: valueField(({ name }: Label) => name, stringTest),
      isGroup: valueField(({ isGroup }: Label) => isGroup, booleanTest),
      parent: entityField(
        ({ parentId }: Label) => (parentId === null ? null : labelOf(store, parentId)),
        () => filters.label,
      ),
      team: entityField(
        ({ teamId }: Label) => (teamId === null ? null : teamOf(store, teamId)),
        () => filters.team,
      ),
    }),
    state: createMatcher("WorkflowStateFilter", {
      ...commonFields<WorkflowState>(({ id }) => [id]),
      name: valueField(({ name }: WorkflowState) => name, stringTest),
      type: valueField(({ type }: WorkflowState) => type, stringTest),
      position: valueField(({ position }: WorkflowState) => position, numberTest),
      team: entityField(
        ({ teamId }: WorkflowState) => teamOf(store, teamId),
        () => filters.team,
      ),
    }),
    team: createMatcher("TeamFilter", {
      ...commonFields<Team>(({ id }) => [id]),
      key: valueField(({ key }: Team) => key, stringTest),
      name: valueField(({ name }: Team) => name, stringTest),
      private: valueField(() => false, booleanTest),
    }),
    comment: createMatcher("CommentFilter", {
      ...commonFields<Comment>(({ id }) => [id]),
      body: valueField(({ body }: Comment) => body, stringTest),
      issue: entityField(
        ({ issueId }: Comment) => issueOf(store, issueId),
        () => filters.issue,
      ),
      user: entityField(
        () => store.viewer,
        () => filters.user,
      ),
    }),
    user: createMatcher("UserFilter", {
      ...commonFields<User>(({ id }) => [id]),
      name: valueField(({ name }: User) => name, stringTest),
      displayName: valueField(({ name }: User) => name, stringTest),
      email: valueField(({ email }: User) => email, stringTest),
      isMe: valueField(({ id }: User) => id === store.viewer.id, booleanTest),
      active: valueField(() => true, booleanTest),
    }),
  };
  return filters;
};

interface Timed {
  readonly createdAt: number;
  readonly updatedAt: number;
}

const commonFields = <E extends Timed>(idsOf: (entity: E) => readonly string[]) => ({
  id: valueField(idsOf, idTest),
  createdAt: valueField(({ createdAt }: E) => createdAt, dateTest),
  updatedAt: valueField(({ updatedAt }: E) => updatedAt, dateTest),
});

const issueValues = {
  number: valueField(({ number }: Issue) => number, numberTest),
  title: valueField(({ title }: Issue) => title, stringTest),
  description: valueField(({ description }: Issue) => description, stringTest),
  priority: valueField(({ priority }: Issue) => priority, numberTest),
  startedAt: valueField(({ startedAt }: Issue) => startedAt, dateTest),
  completedAt: valueField(({ completedAt }: Issue) => completedAt, dateTest),
  canceledAt: valueField(({ canceledAt }: Issue) => canceledAt, dateTest),
  archivedAt: valueField(({ archivedAt }: Issue) => archivedAt, dateTest),
};

const relationFields = (store: Store) => {
  const has = (relations: readonly Relation[], wanted: Relation["type"]): boolean =>
    relations.some(({ type }) => type === wanted);
  const all = (issue: Issue) => [...relationsOf(store, issue), ...inverseRelationsOf(store, issue)];
  return {
    hasBlockingRelations: valueField((issue: Issue) => has(relationsOf(store, issue), "blocks"), booleanTest),
    hasBlockedByRelations: valueField(
      (issue: Issue) => has(inverseRelationsOf(store, issue), "blocks"),
      booleanTest,
    ),
    hasRelatedRelations: valueField((issue: Issue) => has(all(issue), "related"), booleanTest),
    hasDuplicateRelations: valueField((issue: Issue) => has(all(issue), "duplicate"), booleanTest),
  };
};
