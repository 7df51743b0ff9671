import type { StateType } from "../api.ts";
import { invalidInput } from "../errors.ts";
import { labelNamed } from "./create-label.ts";
import { requireLabels } from "./label-rules.ts";
import { identifierOf, issueOf, labelOf, labelsOf, stateOf, statesOf, teamOf } from "./look-up.ts";
import type { Issue, WorkflowState } from "./records.ts";
import type { Store } from "./store.ts";

/** What is absent stays; null clears where there is something to clear. */
export interface IssueEdit {
  readonly title?: string | null;
  readonly description?: string | null;
  readonly priority?: number | null;
  readonly teamId?: string | null;
  readonly stateId?: string | null;
  readonly parentId?: string | null;
  /** In place of all that it has. */
  readonly labelIds?: readonly string[] | null;
  readonly addedLabelIds?: readonly string[] | null;
  readonly removedLabelIds?: readonly string[] | null;
  readonly trashed?: boolean | null;
}

/**
 * All of the edit or none of it. An edit that changes nothing is no change: no webhook, the same `updatedAt`.
 * @throws GraphQLError for what Linear does not accept; nothing is changed then
 */
export const editIssue = (store: Store, issue: Issue, edit: IssueEdit): Issue => {
  const placed = withState(store, withTeam(store, issue, edit), edit);
  const edited = withText(withParent(store, withLabels(store, placed, edit), edit), edit);
  return sameFields(issue, edited) ? issue : store.putIssue(withNumber(store, issue, edited));
};

const withTeam = (store: Store, issue: Issue, { teamId }: IssueEdit): Issue => {
  if (teamId === undefined || teamId === null) return issue;
  const team = teamOf(store, teamId);
  if (team.id === issue.teamId) return issue;
  const state = stateOf(store, issue.stateId);
  return {
    ...issue,
    teamId: team.id,
    stateId: matchingState(store, team.id, state).id,
    labelIds: movedLabels(store, issue, team.id),
  };
};

/** A label of the old team becomes the new team's label of its name, or is lost. */
const movedLabels = (store: Store, issue: Issue, teamId: string): readonly string[] =>
  labelsOf(store, issue).flatMap((label) => {
    const moved = label.teamId === null ? label : labelNamed(store, label.name, teamId);
    return moved === undefined ? [] : [moved.id];
  });

/** Last, so that an edit which is refused uses no number up. */
const withNumber = (store: Store, before: Issue, after: Issue): Issue =>
  before.teamId === after.teamId
    ? after
    : {
        ...after,
        number: store.nextNumber(after.teamId),
        previousIdentifiers: [...before.previousIdentifiers, identifierOf(store, before)],
      };

const matchingState = (store: Store, teamId: string, { name, type }: WorkflowState): WorkflowState =>
  statesOf(store, teamId).find((state) => state.name === name && state.type === type) ??
  firstState(store, teamId, type) ??
  defaultState(store, teamId);

/** In the order of the team's board. */
export const firstState = (store: Store, teamId: string, type: StateType): WorkflowState | undefined =>
  statesOf(store, teamId).find((state) => state.type === type);

/** Where a new issue of the team begins. @throws GraphQLError for a team without states */
export const defaultState = (store: Store, teamId: string): WorkflowState => {
  const state = firstState(store, teamId, "unstarted") ?? statesOf(store, teamId)[0];
  if (state === undefined) throw invalidInput("The team has no workflow states");
  return state;
};

const withState = (store: Store, issue: Issue, { stateId }: IssueEdit): Issue => {
  const state = stateOf(store, stateId ?? issue.stateId);
  if (state.teamId !== issue.teamId)
    throw invalidInput("Discrepancy between the issue's team and the team of its state");
  return { ...issue, stateId: state.id, ...stateTimes(issue, state.type, Date.now()) };
};

/** A time is set on entering a type and kept inside it. */
export const stateTimes = (
  { startedAt, completedAt, canceledAt }: Pick<Issue, "startedAt" | "completedAt" | "canceledAt">,
  type: StateType,
  now: number,
) => ({
  startedAt: type === "started" || type === "completed" ? (startedAt ?? now) : null,
  completedAt: type === "completed" ? (completedAt ?? now) : null,
  canceledAt: type === "canceled" || type === "duplicate" ? (canceledAt ?? now) : null,
});

const withLabels = (store: Store, issue: Issue, edit: IssueEdit): Issue => {
  const removed = new Set(edit.removedLabelIds);
  const wanted = [...(edit.labelIds ?? issue.labelIds), ...(edit.addedLabelIds ?? [])];
  // Also what is taken off has to exist.
  for (const id of removed) labelOf(store, id);
  const labelIds = [...new Set(wanted)].filter((id) => !removed.has(id));
  requireLabels(store, issue, labelIds);
  return { ...issue, labelIds };
};

const withParent = (store: Store, issue: Issue, { parentId }: IssueEdit): Issue => {
  if (parentId === undefined) return issue;
  if (parentId === null) return { ...issue, parentId: null };
  const parent = issueOf(store, parentId);
  if (parent.id === issue.id) throw invalidInput("An issue cannot be its own parent");
  return { ...issue, parentId: parent.id };
};

const withText = (issue: Issue, edit: IssueEdit): Issue => ({
  ...issue,
  title: titleOf(edit.title) ?? issue.title,
  description: edit.description === undefined ? issue.description : edit.description,
  priority: priorityOf(edit.priority) ?? issue.priority,
  archivedAt: archivedAt(issue, edit.trashed),
});

const archivedAt = (issue: Issue, trashed: boolean | null | undefined): number | null => {
  if (trashed === undefined || trashed === null) return issue.archivedAt;
  return trashed ? (issue.archivedAt ?? Date.now()) : null;
};

/** @throws GraphQLError for an empty title */
export const titleOf = (title: string | null | undefined): string | null => {
  if (title === undefined || title === null) return null;
  if (title.trim() === "") throw invalidInput("title should not be empty");
  return title;
};

/** @throws GraphQLError outside 0 … 4 */
export const priorityOf = (priority: number | null | undefined): number | null => {
  if (priority === undefined || priority === null) return null;
  if (!Number.isInteger(priority) || priority < 0 || priority > 4)
    throw invalidInput("priority must be between 0 and 4");
  return priority;
};

const sameFields = (one: Issue, other: Issue): boolean => JSON.stringify(one) === JSON.stringify(other);
