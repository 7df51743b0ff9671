import type { TicketRef } from "../../../core/runs/effects.ts";
import type { WantedStage } from "../../../core/ticket.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { changeFor, type MarkerChange, type Markers, type OurLabel } from "./markers.ts";
import type { LabelNode, Target } from "./schema.ts";
import { firstState, type LabelNeed, labelFor, labelsAmong, rivalOf, type Workspace } from "./workspace.ts";

/** A change as it was asked for, with the ids that Linear knows it by. */
export type IssueChange = {
  readonly issueId: string;
  readonly ticket: TicketRef;
} & (
  | { readonly kind: "stage"; readonly stage: WantedStage }
  | { readonly kind: "comment"; readonly commentId: string; readonly body: string }
);

/** What stands in Linear before we write. */
export interface Standing {
  /** By id. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Ids of those of our comments that are there already. */
  readonly comments: ReadonlySet<string>;
}

export interface IssueUpdate {
  readonly addedLabelIds?: readonly string[];
  readonly removedLabelIds?: readonly string[];
  readonly stateId?: string;
}

export type Write =
  | { readonly kind: "update"; readonly issueId: string; readonly input: IssueUpdate }
  | {
      readonly kind: "comment";
      readonly input: { readonly id: string; readonly issueId: string; readonly body: string };
    };

export type Outcome =
  /** It is as it should be: nothing is sent. */
  | { readonly kind: "settled" }
  | { readonly kind: "refused"; readonly error: DeliveryError }
  | { readonly kind: "write"; readonly write: Write };

/** The labels that these changes will put on, or that a person needs to answer them. */
export const labelNeeds = (
  changes: readonly IssueChange[],
  { targets }: Standing,
  workspace: Workspace,
): readonly LabelNeed[] => {
  const shown = new Map<string, Markers>();
  return changes.flatMap((change) => {
    const target = targets.get(change.issueId);
    if (change.kind !== "stage" || target === undefined) return [];
    const before = shown.get(target.id) ?? markersOf(target, workspace);
    const step = changeFor(before, change.stage);
    shown.set(target.id, afterStep(before, step));
    return [...step.add, ...step.offer].map((name) => ({ name, teamId: target.team.id }));
  });
};

/**
 * One outcome for each change, in their order. A change sees what the ones before it make of its ticket.
 * @param refusal why a label could not be made
 */
export const planWrites = (
  changes: readonly IssueChange[],
  { targets, comments }: Standing,
  workspace: Workspace,
  refusal: VendorError | null,
): readonly Outcome[] => {
  const current = new Map(targets);
  return changes.map((change): Outcome => {
    const target = current.get(change.issueId);
    if (target === undefined || target.trashed === true) return { kind: "refused", error: gone(change) };
    if (change.kind === "comment") return commentOutcome(change, comments);
    const planned = stageWrite(target, change.stage, workspace, refusal);
    if (planned.kind === "write") current.set(target.id, planned.after);
    return planned;
  });
};

const gone = ({ ticket }: IssueChange): DeliveryError =>
  new VendorError("not-found", `Ticket ${ticket.identifier} is no longer in Linear.`);

const commentOutcome = (
  { issueId, commentId, body }: Extract<IssueChange, { kind: "comment" }>,
  comments: ReadonlySet<string>,
): Outcome =>
  comments.has(commentId)
    ? { kind: "settled" }
    : { kind: "write", write: { kind: "comment", input: { id: commentId, issueId, body } } };

type StageWrite =
  | Exclude<Outcome, { kind: "write" }>
  | { readonly kind: "write"; readonly write: Write; readonly after: Target };

const stageWrite = (
  target: Target,
  stage: WantedStage,
  workspace: Workspace,
  refusal: VendorError | null,
): StageWrite => {
  const step = changeFor(markersOf(target, workspace), stage);
  const { add, remove, moveTo } = step;
  if (add.length === 0 && remove.length === 0 && moveTo === null) return { kind: "settled" };
  const added: string[] = [];
  for (const name of add) {
    const id = labelFor(workspace, name, target.team.id);
    if (id === null) return { kind: "refused", error: noLabel(name, target, refusal) };
    added.push(id);
  }
  const stateId = moveTo === null ? null : firstState(workspace, target.team.id, moveTo);
  if (moveTo !== null && stateId === null) return { kind: "refused", error: noState(moveTo, target) };
  const removed = target.labelIds.filter((id) => {
    const name = workspace.names.get(id);
    return name !== undefined && remove.includes(name);
  });
  const kept = target.labelIds.filter((id) => !removed.includes(id));
  const rival = rivalOf(workspace, added, kept);
  if (rival !== null) return { kind: "refused", error: excluded(rival, target) };
  const input: IssueUpdate = {
    ...(added.length === 0 ? {} : { addedLabelIds: added }),
    ...(removed.length === 0 ? {} : { removedLabelIds: removed }),
    ...(stateId === null ? {} : { stateId }),
  };
  const labelIds = [...kept, ...added];
  return {
    kind: "write",
    write: { kind: "update", issueId: target.id, input },
    after: { ...target, labelIds, state: { type: moveTo ?? target.state.type } },
  };
};

/** A person mends each of these in Linear, and what waits goes out then. */
const noLabel = (name: OurLabel, { team }: Target, refusal: VendorError | null): DeliveryError =>
  new DeliveryError(
    `The label ${name} cannot be used in the team ${team.key} and cannot be made: restore it in Linear if it is retired, or make a label of it if it is a group.${refusal === null ? "" : ` ${refusal.message}`}`,
    { retryable: true, cause: refusal ?? undefined },
  );

const excluded = ({ name, parent }: LabelNode, { identifier }: Target): DeliveryError =>
  new DeliveryError(
    `${identifier} has the label ${name}, which excludes every other label of its group "${parent?.name ?? ""}", ours too: move our labels out of that group in Linear.`,
    { retryable: true },
  );

const noState = (type: string, { team }: Target): DeliveryError =>
  new DeliveryError(
    `The team ${team.key} has no workflow state of the type "${type}": add one to its workflow in Linear.`,
    { retryable: true },
  );

const markersOf = (target: Target, workspace: Workspace): Markers => ({
  labels: labelsAmong(workspace, target.labelIds),
  stateType: target.state.type,
});

const afterStep = ({ labels, stateType }: Markers, { add, remove, moveTo }: MarkerChange): Markers => ({
  labels: new Set([...[...labels].filter((label) => !remove.includes(label)), ...add]),
  stateType: moveTo ?? stateType,
});
