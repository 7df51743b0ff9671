import { invalidInput } from "../errors.ts";
import { labelOf } from "./look-up.ts";
import type { Issue, Label } from "./records.ts";
import type { Store } from "./store.ts";

/**
 * Whether an issue may come to have these labels: those of other teams are refused, and where they are new to it, groups,
 * retired ones and a second one of a group.
 * @throws GraphQLError that says which
 */
export const requireLabels = (
  store: Store,
  { teamId, labelIds: before }: Pick<Issue, "teamId" | "labelIds">,
  after: readonly string[],
): void => {
  const ofGroup = new Map<string, Label>();
  for (const label of after.map((id) => labelOf(store, id))) {
    const { name, parentId } = label;
    if (label.teamId !== null && label.teamId !== teamId)
      throw invalidInput(`The label '${name}' is not of the issue's team`);
    const other = parentId === null ? undefined : ofGroup.get(parentId);
    if (parentId !== null) ofGroup.set(parentId, label);
    const isNew = !before.includes(label.id);
    if (isNew && label.isGroup) throw invalidInput(`The label '${name}' is a group`);
    if (isNew && label.retiredAt !== null) throw invalidInput(`The label '${name}' is retired`);
    if (other !== undefined && (isNew || !before.includes(other.id)))
      throw invalidInput(
        "labelIds not exclusive child labels",
        `The label '${name}' is in the same group as '${other.name}'. Only one label in a group can be applied to an issue.`,
      );
  }
};

/**
 * The id of the group that a label goes into. Groups do not nest.
 * @throws GraphQLError for a label that is no group
 */
export const requireGroup = (store: Store, parentId: string | null, isGroup: boolean): string | null => {
  if (parentId === null) return null;
  const group = labelOf(store, parentId);
  if (!group.isGroup) throw invalidInput("parent label is not a group");
  if (isGroup) throw invalidInput("A group cannot be in a group");
  return group.id;
};
