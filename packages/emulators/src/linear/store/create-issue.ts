import { invalidInput } from "../errors.ts";
import { defaultState, type IssueEdit, priorityOf, stateTimes, titleOf } from "./edit-issue.ts";
import { requireLabels } from "./label-rules.ts";
import { issueOf, stateOf, teamOf } from "./look-up.ts";
import type { Issue } from "./records.ts";
import type { Store } from "./store.ts";

export interface IssueCreation extends Omit<IssueEdit, "addedLabelIds" | "removedLabelIds" | "trashed"> {
  readonly id?: string | null;
  readonly teamId: string;
}

/** @throws GraphQLError for what Linear does not accept; nothing is made then */
export const createIssue = (store: Store, creation: IssueCreation): Issue => {
  const team = teamOf(store, creation.teamId);
  const title = titleOf(creation.title);
  if (title === null) throw invalidInput("title should not be empty");
  const state = creation.stateId ? stateOf(store, creation.stateId) : defaultState(store, team.id);
  if (state.teamId !== team.id)
    throw invalidInput("Discrepancy between the issue's team and the team of its state");
  const labelIds = [...new Set(creation.labelIds)];
  requireLabels(store, { teamId: team.id, labelIds: [] }, labelIds);
  const parentId = creation.parentId ? issueOf(store, creation.parentId).id : null;
  const never = { startedAt: null, completedAt: null, canceledAt: null };
  return store.addIssue({
    ...(creation.id ? { id: creation.id } : {}),
    teamId: team.id,
    title,
    description: creation.description ?? null,
    priority: priorityOf(creation.priority) ?? 0,
    stateId: state.id,
    labelIds,
    parentId,
    previousIdentifiers: [],
    ...stateTimes(never, state.type, Date.now()),
    archivedAt: null,
    number: store.nextNumber(team.id),
  });
};
