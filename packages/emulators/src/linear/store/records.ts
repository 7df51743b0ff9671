import type { StateType } from "../api.ts";

/** Times are in ms since the epoch. */
interface Entity {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts up over all entities: what was made later in the same millisecond has the higher one. */
  readonly sequence: number;
}

export interface Team extends Entity {
  readonly key: string;
  readonly name: string;
}

export interface WorkflowState extends Entity {
  readonly teamId: string;
  readonly name: string;
  readonly type: StateType;
  readonly position: number;
  readonly color: string;
}

export interface Label extends Entity {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
  /** Null: of the workspace. */
  readonly teamId: string | null;
  readonly isGroup: boolean;
  /** The group that it is in. */
  readonly parentId: string | null;
  readonly retiredAt: number | null;
}

export interface Issue extends Entity {
  readonly teamId: string;
  readonly number: number;
  readonly title: string;
  readonly description: string | null;
  /** 0 none, 1 urgent … 4 low. */
  readonly priority: number;
  readonly stateId: string;
  readonly labelIds: readonly string[];
  readonly parentId: string | null;
  readonly previousIdentifiers: readonly string[];
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly canceledAt: number | null;
  /** In the trash: connections leave it out unless they include what is archived. */
  readonly archivedAt: number | null;
}

export type RelationType = "blocks" | "duplicate" | "related" | "similar";

export interface Relation extends Entity {
  readonly type: RelationType;
  readonly issueId: string;
  readonly relatedIssueId: string;
}

export interface Comment extends Entity {
  readonly issueId: string;
  readonly body: string;
  readonly parentId: string | null;
  readonly editedAt: number | null;
}

export interface User extends Entity {
  readonly name: string;
  readonly email: string;
}

export interface Organization extends Entity {
  readonly name: string;
  readonly urlKey: string;
}

/** What is added by the store. */
export type New<E extends Entity> = Omit<E, keyof Entity> & { readonly id?: string };
