import { invalidInput } from "../errors.ts";
import { requireGroup } from "./label-rules.ts";
import { teamOf } from "./look-up.ts";
import type { Label } from "./records.ts";
import type { Store } from "./store.ts";

export interface LabelCreation {
  readonly id?: string | null;
  readonly name: string;
  readonly color?: string | null;
  readonly description?: string | null;
  /** Absent or null: of the workspace. */
  readonly teamId?: string | null;
  readonly isGroup?: boolean | null;
  readonly parentId?: string | null;
}

/** @throws GraphQLError for a name that its scope has already, or a parent that is no group */
export const createLabel = (store: Store, creation: LabelCreation): Label => {
  const teamId = creation.teamId ? teamOf(store, creation.teamId).id : null;
  refuseTakenName(store, creation.name, teamId);
  const isGroup = creation.isGroup ?? false;
  return store.addLabel({
    ...(creation.id ? { id: creation.id } : {}),
    name: creation.name,
    color: creation.color ?? "#6b6f76",
    description: creation.description ?? null,
    teamId,
    isGroup,
    parentId: requireGroup(store, creation.parentId ?? null, isGroup),
    retiredAt: null,
  });
};

/** One that is retired keeps its name. */
export const refuseTakenName = (store: Store, name: string, teamId: string | null): void => {
  if (name.trim() === "") throw invalidInput("name should not be empty");
  if (labelNamed(store, name, teamId) !== undefined)
    throw invalidInput("Duplicate label name", `A label with the name "${name}" already exists.`);
};

/** In exactly this scope, whatever the case of its letters. */
export const labelNamed = (store: Store, name: string, teamId: string | null): Label | undefined =>
  store.labels
    .list()
    .find((label) => label.teamId === teamId && label.name.toLowerCase() === name.toLowerCase());
