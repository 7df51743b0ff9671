import { randomUUID } from "node:crypto";
import { entityExists } from "../errors.ts";
import { type Collection, createCollection } from "./collection.ts";
import type {
  Comment,
  Issue,
  Label,
  New,
  Organization,
  Relation,
  Team,
  User,
  WorkflowState,
} from "./records.ts";

/** What a webhook tells of. */
export type Change =
  | { readonly kind: "Issue"; readonly action: "create" | "remove"; readonly issue: Issue }
  | { readonly kind: "Issue"; readonly action: "update"; readonly issue: Issue; readonly before: Issue }
  | { readonly kind: "Comment"; readonly action: "create" | "remove"; readonly comment: Comment }
  | {
      readonly kind: "Comment";
      readonly action: "update";
      readonly comment: Comment;
      readonly before: Comment;
    };

type Read<E extends { readonly id: string }> = Pick<Collection<E>, "get" | "list">;

/** A workspace in memory. Records are values: a change puts a new one in place of the old. */
export interface Store {
  readonly organization: Organization;
  /** The person whose key it is; the only one of the workspace. */
  readonly viewer: User;
  readonly teams: Read<Team>;
  readonly states: Read<WorkflowState>;
  readonly labels: Read<Label>;
  readonly issues: Read<Issue>;
  readonly relations: Read<Relation>;
  readonly comments: Read<Comment>;
  addTeam(team: New<Team>): Team;
  addState(state: New<WorkflowState>): WorkflowState;
  addLabel(label: New<Label>): Label;
  putLabel(label: Label): Label;
  removeLabel(id: string): void;
  addIssue(issue: New<Issue>): Issue;
  /** With a new `updatedAt`. */
  putIssue(issue: Issue): Issue;
  /** With its comments and relations; its children lose their parent. */
  removeIssue(id: string): void;
  addRelation(relation: New<Relation>): Relation;
  removeRelation(id: string): void;
  addComment(comment: New<Comment>): Comment;
  putComment(comment: Comment): Comment;
  removeComment(id: string): void;
  /** The next number of a team's issues; never given twice. */
  nextNumber(teamId: string): number;
  /** How many changes there were so far: Linear's `lastSyncId`. */
  changes(): number;
}

/** Every change is told to `changed` after it was made. */
export const createStore = (changed: (change: Change, store: Store) => void): Store => {
  const teams = createCollection<Team>();
  const states = createCollection<WorkflowState>();
  const labels = createCollection<Label>();
  const issues = createCollection<Issue>();
  const relations = createCollection<Relation>();
  const comments = createCollection<Comment>();
  const numbers = new Map<string, number>();
  let sequence = 0;
  let changes = 0;

  const entity = (id = randomUUID() as string) => {
    const now = Date.now();
    sequence += 1;
    return { id, createdAt: now, updatedAt: now, sequence };
  };
  const add = <E extends { readonly id: string }>(kind: string, to: Collection<E>, record: E): E => {
    if (to.get(record.id) !== undefined) throw entityExists(kind, record.id);
    changes += 1;
    to.put(record);
    return record;
  };
  const tell = (change: Change): void => {
    changes += 1;
    changed(change, store);
  };
  const touched = <E extends { readonly updatedAt: number }>(record: E): E => ({
    ...record,
    // An edit in the millisecond of the last one is still later.
    updatedAt: Math.max(Date.now(), record.updatedAt + 1),
  });
  const putIssue = (issue: Issue): Issue => {
    const before = issues.get(issue.id);
    const after = touched(issue);
    issues.put(after);
    if (before !== undefined) tell({ kind: "Issue", action: "update", issue: after, before });
    return after;
  };
  const removeComment = (id: string): void => {
    const comment = comments.get(id);
    if (comment === undefined) return;
    comments.remove(id);
    tell({ kind: "Comment", action: "remove", comment });
  };

  const store: Store = {
    organization: { ...entity(), name: "Emulated", urlKey: "emulated" },
    viewer: { ...entity(), name: "Robin Robot", email: "robin@emulated.example" },
    teams,
    states,
    labels,
    issues,
    relations,
    comments,
    addTeam: ({ id, ...team }) => add("Team", teams, { ...team, ...entity(id) }),
    addState: ({ id, ...state }) => add("WorkflowState", states, { ...state, ...entity(id) }),
    addLabel: ({ id, ...label }) => add("IssueLabel", labels, { ...label, ...entity(id) }),
    putLabel(label) {
      const after = touched(label);
      labels.put(after);
      return after;
    },
    removeLabel(id) {
      labels.remove(id);
      for (const issue of issues.list())
        if (issue.labelIds.includes(id))
          putIssue({ ...issue, labelIds: issue.labelIds.filter((labelId) => labelId !== id) });
    },
    addIssue({ id, ...fields }) {
      const issue = add("Issue", issues, { ...fields, ...entity(id) });
      tell({ kind: "Issue", action: "create", issue });
      return issue;
    },
    putIssue,
    removeIssue(id) {
      const issue = issues.get(id);
      if (issue === undefined) return;
      for (const comment of comments.list()) if (comment.issueId === id) removeComment(comment.id);
      for (const { id: relationId, issueId, relatedIssueId } of relations.list())
        if (issueId === id || relatedIssueId === id) relations.remove(relationId);
      for (const child of issues.list()) if (child.parentId === id) putIssue({ ...child, parentId: null });
      issues.remove(id);
      tell({ kind: "Issue", action: "remove", issue });
    },
    addRelation: ({ id, ...relation }) => add("IssueRelation", relations, { ...relation, ...entity(id) }),
    removeRelation: (id) => relations.remove(id),
    addComment({ id, ...fields }) {
      const comment = add("Comment", comments, { ...fields, ...entity(id) });
      tell({ kind: "Comment", action: "create", comment });
      return comment;
    },
    putComment(comment) {
      const before = comments.get(comment.id);
      const after = touched(comment);
      comments.put(after);
      if (before !== undefined) tell({ kind: "Comment", action: "update", comment: after, before });
      return after;
    },
    removeComment,
    nextNumber(teamId) {
      const next = (numbers.get(teamId) ?? 0) + 1;
      numbers.set(teamId, next);
      return next;
    },
    changes: () => changes,
  };
  return store;
};
