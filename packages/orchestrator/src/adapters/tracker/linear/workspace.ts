import { type OurLabel, ourLabel } from "./markers.ts";
import type { LabelNode, StateNode } from "./schema.ts";

/** What we know of a Linear workspace: our labels and the states that we move to, by team. */
export interface Workspace {
  /** Of every label that is one of ours, at whichever level. */
  readonly names: ReadonlyMap<string, OurLabel>;
  readonly labels: readonly LabelNode[];
  readonly states: readonly StateNode[];
}

export const workspaceOf = (labels: readonly LabelNode[], states: readonly StateNode[]): Workspace => ({
  names: new Map(
    labels.flatMap(({ id, name }) => {
      const ours = ourLabel(name);
      return ours === null ? [] : [[id, ours] as const];
    }),
  ),
  labels,
  states,
});

/** Ours among the labels of an issue. */
export const labelsAmong = ({ names }: Workspace, labelIds: readonly string[]): ReadonlySet<OurLabel> =>
  new Set(labelIds.map((id) => names.get(id)).filter((name) => name !== undefined));

/** A group is no label, and a retired one stays only where it is. */
export const isUsable = ({ isGroup, retiredAt }: LabelNode): boolean => !isGroup && retiredAt === null;

/** The label to put on an issue of a team: the team's own, else the workspace's. Null where there is none to be used. */
export const labelFor = ({ names, labels }: Workspace, name: OurLabel, teamId: string): string | null => {
  const named = labels.filter((label) => names.get(label.id) === name && isUsable(label));
  const found = named.find(({ team }) => team?.id === teamId) ?? named.find(({ team }) => team === null);
  return found?.id ?? null;
};

/** Of ours that an issue keeps, one in the same group as one that it is to get: Linear allows it only one of them. */
export const rivalOf = (
  { labels }: Workspace,
  addedIds: readonly string[],
  keptIds: readonly string[],
): LabelNode | null => {
  const groupsOf = (ids: readonly string[]) =>
    labels.filter(({ id, parent }) => parent !== null && ids.includes(id));
  const added = groupsOf(addedIds);
  return groupsOf(keptIds).find(({ parent }) => added.some((each) => each.parent?.id === parent?.id)) ?? null;
};

/** The team's first state of a type, in the order in which Linear shows them. */
export const firstState = (
  { states }: Workspace,
  teamId: string,
  type: "started" | "completed",
): string | null => {
  const ofTeam = states.filter((state) => state.team.id === teamId && state.type === type);
  return (
    ofTeam.reduce<StateNode | null>(
      (first, state) => (first === null || state.position < first.position ? state : first),
      null,
    )?.id ?? null
  );
};

export interface LabelNeed {
  readonly name: OurLabel;
  readonly teamId: string;
}

/** As `issueLabelCreate` takes it; without a team it is the workspace's. */
export interface NewLabel {
  readonly name: OurLabel;
  readonly teamId?: string;
}

/**
 * What has to be made so that every need is met, each once. Linear keeps a name either for the workspace or for teams:
 * where teams have one of their own, this team gets its own too. A name that a group or a retired label has is taken:
 * only a person can free it.
 */
export const missingLabels = (workspace: Workspace, needs: readonly LabelNeed[]): readonly NewLabel[] => {
  const missing = new Map<string, NewLabel>();
  for (const { name, teamId } of needs) {
    if (labelFor(workspace, name, teamId) !== null) continue;
    const named = workspace.labels.filter(({ id }) => workspace.names.get(id) === name);
    const byTeam = named.some(({ team }) => team !== null);
    if (named.some(({ team }) => (byTeam ? team?.id === teamId : true))) continue;
    missing.set(`${name}\n${byTeam ? teamId : ""}`, byTeam ? { name, teamId } : { name });
  }
  return [...missing.values()];
};
