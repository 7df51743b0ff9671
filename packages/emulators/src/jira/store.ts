import type { CustomField, JiraComment, JiraIssue, JiraProject } from "./model.ts";
import { sameText } from "./model.ts";

/** The issues as one reader sees them: now, or as far as the search index has come. */
export interface IssueView {
  issue(id: string): JiraIssue | null;
  all(): readonly JiraIssue[];
}

export type JiraChange =
  | { readonly kind: "created"; readonly issue: JiraIssue }
  | { readonly kind: "updated"; readonly before: JiraIssue; readonly after: JiraIssue }
  | { readonly kind: "deleted"; readonly issue: JiraIssue }
  | { readonly kind: "commented"; readonly issue: JiraIssue; readonly comment: JiraComment };

export interface JiraStore extends IssueView {
  readonly projects: Map<string, JiraProject>;
  /** By id. */
  readonly fields: Map<string, CustomField>;
  now(): number;
  /** Numbers that only count up, one sequence for each purpose. */
  nextNumber(purpose: string, first: number): number;
  /** By id, key or a former key. */
  find(idOrKey: string): JiraIssue | null;
  create(issue: JiraIssue): void;
  /** Sets `updated`. A change that changes nothing is none. */
  update(id: string, edit: Partial<Omit<JiraIssue, "id" | "created" | "updated">>): void;
  /** Not announced: a field or an option was taken away by an administrator. */
  forgetValues(isGone: (fieldId: string, value: string) => boolean): void;
  delete(id: string): void;
  comment(issueId: string, body: unknown): JiraComment;
  /** Oldest first. */
  comments(issueId: string): readonly JiraComment[];
  /** What the search index knows; `reconciled` ids are seen as they are now. */
  indexed(reconciled: ReadonlySet<string>): IssueView;
}

export interface JiraStoreOptions {
  readonly now: () => number;
  readonly searchLagMs: number;
  /** Called after each change, once. */
  readonly changed: (change: JiraChange) => void;
}

/** What an issue was from a time on; null: it does not exist. */
interface Version {
  readonly from: number;
  readonly issue: JiraIssue | null;
}

/** A Jira site's content. It knows nothing of HTTP and checks nothing: its callers do. */
export const createJiraStore = ({ now, searchLagMs, changed }: JiraStoreOptions): JiraStore => {
  const versions = new Map<string, readonly Version[]>();
  const comments = new Map<string, JiraComment[]>();
  const numbers = new Map<string, number>();
  const fields = new Map<string, CustomField>();

  const current = (id: string): JiraIssue | null => versions.get(id)?.at(-1)?.issue ?? null;
  const existing = (id: string): JiraIssue => {
    const issue = current(id);
    if (issue === null) throw new Error(`There is no issue ${id}`);
    return issue;
  };
  const write = (id: string, issue: JiraIssue | null): void => {
    const indexedAt = now() - searchLagMs;
    const past = versions.get(id) ?? [];
    const seen = past.findLastIndex(({ from }) => from <= indexedAt);
    versions.set(id, [...past.slice(Math.max(0, seen)), { from: now(), issue }]);
  };
  const view = (issue: (id: string) => JiraIssue | null): IssueView => ({
    issue,
    all: () => [...versions.keys()].map(issue).filter((one) => one !== null),
  });
  const nextNumber = (purpose: string, first: number): number => {
    const number = numbers.get(purpose) ?? first;
    numbers.set(purpose, number + 1);
    return number;
  };

  return {
    ...view(current),
    projects: new Map(),
    fields,
    now,
    nextNumber,
    find: (idOrKey) =>
      current(idOrKey) ??
      view(current)
        .all()
        .find(({ key, formerKeys }) => [key, ...formerKeys].some((one) => sameText(one, idOrKey))) ??
      null,
    create(issue) {
      write(issue.id, issue);
      changed({ kind: "created", issue });
    },
    update(id, edit) {
      const before = existing(id);
      const edited = { ...before, ...edit };
      if (JSON.stringify(edited) === JSON.stringify(before)) return;
      const after = { ...edited, updated: now() };
      write(id, after);
      changed({ kind: "updated", before, after });
    },
    forgetValues(isGone) {
      for (const issue of view(current).all()) {
        const kept = Object.entries(issue.values).filter(([fieldId, value]) => !isGone(fieldId, value));
        if (kept.length < Object.keys(issue.values).length)
          write(issue.id, { ...issue, values: Object.fromEntries(kept) });
      }
    },
    delete(id) {
      const issue = existing(id);
      write(id, null);
      comments.delete(id);
      for (const other of view(current).all()) {
        const links = other.links.filter(({ otherId }) => otherId !== id);
        const parentId = other.parentId === id ? null : other.parentId;
        if (links.length < other.links.length || parentId !== other.parentId)
          write(other.id, { ...other, links, parentId });
      }
      changed({ kind: "deleted", issue });
    },
    comment(issueId, body) {
      const before = existing(issueId);
      const comment = { id: String(nextNumber("comment", 10_000)), body, created: now() };
      comments.set(issueId, [...(comments.get(issueId) ?? []), comment]);
      const issue = { ...before, updated: comment.created };
      write(issueId, issue);
      changed({ kind: "commented", issue, comment });
      return comment;
    },
    comments: (issueId) => comments.get(issueId) ?? [],
    indexed(reconciled) {
      const indexedAt = now() - searchLagMs;
      return view((id) =>
        reconciled.has(id)
          ? current(id)
          : (versions.get(id)?.findLast(({ from }) => from <= indexedAt)?.issue ?? null),
      );
    },
  };
};
