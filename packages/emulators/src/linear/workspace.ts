import type { LinearWorkspace, NewIssue, SeenIssue, StateType } from "./api.ts";
import { createIssue } from "./store/create-issue.ts";
import { createLabel, labelNamed } from "./store/create-label.ts";
import { addTriage, createTeam } from "./store/create-team.ts";
import { editIssue, firstState } from "./store/edit-issue.ts";
import { requireGroup } from "./store/label-rules.ts";
import { commentsOf, identifierOf, issueOf, labelOf, labelsOf, stateOf, teamOf } from "./store/look-up.ts";
import type { Issue } from "./store/records.ts";
import type { Store } from "./store/store.ts";

/** A person's hands on the store. What the person names must be there: a slip is an error of the test. */
export const createWorkspace = (store: Store): LinearWorkspace => ({
  addTeam: ({ key, name = key }) => createTeam(store, key, name).id,
  addLabel: ({ name, teamKey, isGroup = false, groupId }) =>
    createLabel(store, { name, teamId: teamKey ?? null, isGroup, parentId: groupId ?? null }).id,
  retireLabel(labelId) {
    store.putLabel({ ...labelOf(store, labelId), retiredAt: Date.now() });
  },
  restoreLabel(labelId) {
    store.putLabel({ ...labelOf(store, labelId), retiredAt: null });
  },
  groupLabel(labelId, groupId) {
    const label = labelOf(store, labelId);
    store.putLabel({ ...label, parentId: requireGroup(store, groupId, label.isGroup) });
  },
  addIssue(issue) {
    const added = addIssue(store, issue);
    return { id: added.id, identifier: identifierOf(store, added) };
  },
  block: (blocker, blocked) => relate(store, "blocks", blocker, blocked),
  relate: (one, other) => relate(store, "related", one, other),
  edit(issueId, edit) {
    editIssue(store, issueOf(store, issueId), edit);
  },
  label(issueId, names) {
    const issue = issueOf(store, issueId);
    editIssue(store, issue, { addedLabelIds: labelIds(store, issue.teamId, names) });
  },
  unlabel(issueId, names) {
    const issue = issueOf(store, issueId);
    const removed = labelsOf(store, issue).filter(({ name }) => names.includes(name));
    editIssue(store, issue, { removedLabelIds: removed.map(({ id }) => id) });
  },
  moveToState(issueId, type) {
    const issue = issueOf(store, issueId);
    editIssue(store, issue, { stateId: stateId(store, issue.teamId, type) });
  },
  moveToTeam(issueId, teamKey) {
    editIssue(store, issueOf(store, issueId), { teamId: teamKey });
  },
  deleteIssue: (issueId) => store.removeIssue(issueOf(store, issueId).id),
  issue(issueId) {
    const issue = store.issues.get(issueId);
    return issue === undefined ? null : seen(store, issue);
  },
  comments: (issueId) => commentsOf(store, issueOf(store, issueId)).map(({ body }) => body),
  labels: () =>
    store.labels.list().map(({ id, name, teamId }) => ({
      id,
      name,
      teamKey: teamId === null ? null : teamOf(store, teamId).key,
    })),
});

const addIssue = (store: Store, issue: NewIssue): Issue => {
  const { id: teamId } = teamOf(store, issue.teamKey);
  return createIssue(store, {
    teamId,
    title: issue.title,
    ...(issue.description === undefined ? {} : { description: issue.description }),
    ...(issue.priority === undefined ? {} : { priority: issue.priority }),
    ...(issue.parent === undefined ? {} : { parentId: issue.parent }),
    ...(issue.state === undefined ? {} : { stateId: stateId(store, teamId, issue.state) }),
    labelIds: labelIds(store, teamId, issue.labels ?? []),
  });
};

/** The team's own label before the workspace's; a workspace label is made where there is none. */
const labelIds = (store: Store, teamId: string, names: readonly string[]): readonly string[] =>
  names.map((name) => {
    const label = labelNamed(store, name, teamId) ?? labelNamed(store, name, null);
    return (label ?? createLabel(store, { name })).id;
  });

const stateId = (store: Store, teamId: string, type: StateType): string => {
  const state = firstState(store, teamId, type) ?? (type === "triage" ? addTriage(store, teamId) : undefined);
  if (state === undefined) throw new Error(`team ${teamId} has no state of the type ${type}`);
  return state.id;
};

const relate = (store: Store, type: "blocks" | "related", one: string, other: string): void => {
  const issueId = issueOf(store, one).id;
  store.addRelation({ type, issueId, relatedIssueId: issueOf(store, other).id });
};

const seen = (store: Store, issue: Issue): SeenIssue => {
  const { name, type } = stateOf(store, issue.stateId);
  return {
    id: issue.id,
    identifier: identifierOf(store, issue),
    title: issue.title,
    description: issue.description ?? "",
    teamKey: teamOf(store, issue.teamId).key,
    state: { name, type },
    labels: labelsOf(store, issue)
      .map((label) => label.name)
      .sort(),
  };
};
