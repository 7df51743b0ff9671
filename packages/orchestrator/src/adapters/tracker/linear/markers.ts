import type { Lifecycle, Stage, WantedStage } from "../../../core/ticket.ts";

/** Every label that means something to us (§7.1), as people write it. */
export const ourLabels = [
  "AI-Implement",
  "AI-Planning",
  "Plan-Complete",
  "Plan-Approved",
  "AI-Working",
  "Ready for Review",
] as const;
export type OurLabel = (typeof ourLabels)[number];

const byLowerCase: ReadonlyMap<string, OurLabel> = new Map(
  ourLabels.map((label) => [label.toLowerCase(), label]),
);

/** Linear itself takes names that differ only in case for the same. */
export const ourLabel = (name: string): OurLabel | null => byLowerCase.get(name.trim().toLowerCase()) ?? null;

/** The three that we put on, and so the only ones that we take off. */
const working: readonly OurLabel[] = ["AI-Planning", "AI-Working", "Ready for Review"];

/** What an issue shows: its labels that are ours, and the type of its workflow state. */
export interface Markers {
  readonly labels: ReadonlySet<OurLabel>;
  /** `triage`, `backlog`, `unstarted`, `started`, `completed`, `canceled` or `duplicate`. */
  readonly stateType: string;
}

export interface Meaning {
  readonly marked: boolean;
  readonly stage: Stage;
  readonly planApproved: boolean;
  readonly lifecycle: Lifecycle;
}

export const meaningOf = ({ labels, stateType }: Markers): Meaning => {
  const lifecycle = lifecycleOf(stateType);
  return {
    marked: labels.has("AI-Implement"),
    stage: lifecycle === "completed" ? "merged" : stageOf(labels),
    planApproved: labels.has("Plan-Approved"),
    lifecycle,
  };
};

export const lifecycleOf = (stateType: string): Lifecycle => {
  if (stateType === "completed") return "completed";
  return stateType === "canceled" || stateType === "duplicate" ? "cancelled" : "active";
};

/**
 * Where several are set, the one that starts the least work wins: a pull request waits for people, work under way is
 * not begun twice. `AI-Planning` comes before `Plan-Complete`, because the latter stays on a ticket for good: both
 * together are a ticket that is being planned again.
 */
const stageOf = (labels: ReadonlySet<OurLabel>): Stage => {
  if (labels.has("Ready for Review")) return "pr-open";
  if (labels.has("AI-Working")) return "implementing";
  if (labels.has("AI-Planning")) return "planning";
  return labels.has("Plan-Complete") ? "plan-complete" : "marked";
};

export interface MarkerChange {
  readonly add: readonly OurLabel[];
  readonly remove: readonly OurLabel[];
  /** The type of state to move to; null: it stays where it is. */
  readonly moveTo: "started" | "completed" | null;
  /** Labels that a person has to find in Linear to answer this stage. */
  readonly offer: readonly OurLabel[];
}

/**
 * What makes an issue show a stage. A person's word stands: an issue that was unmarked or closed since the stage was
 * decided gets nothing put on, only taken off. `merged` alone is a fact that moves it all the same. Never touches
 * `AI-Implement`, and never takes `Plan-Complete` or a person's `Plan-Approved` away.
 */
export const changeFor = (shown: Markers, stage: WantedStage): MarkerChange => {
  const { marked, lifecycle } = meaningOf(shown);
  const open = marked && lifecycle === "active";
  const label = labelOf(stage);
  return {
    add: open && label !== null && !shown.labels.has(label) ? [label] : [],
    remove: working.filter((each) => each !== label && shown.labels.has(each)),
    moveTo: moveFor(shown.stateType, stage, open),
    offer: open && stage === "awaiting-approval" ? ["Plan-Approved"] : [],
  };
};

const moveFor = (stateType: string, stage: WantedStage, open: boolean): MarkerChange["moveTo"] => {
  if (stage === "merged") return stateType === "completed" ? null : "completed";
  return stage === "implementing" && open && stateType !== "started" ? "started" : null;
};

const labelOf = (stage: WantedStage): OurLabel | null => {
  switch (stage) {
    case "planning":
      return "AI-Planning";
    case "plan-complete":
    case "awaiting-approval":
      return "Plan-Complete";
    case "implementing":
      return "AI-Working";
    case "pr-open":
      return "Ready for Review";
    case "marked":
    case "cleared":
    case "planning-failed":
    case "implementing-failed":
    case "merged":
      return null;
  }
};
