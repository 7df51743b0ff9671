import type { Lifecycle, Stage, WantedStage } from "../../../core/ticket.ts";

/** What a status word says of its ticket (§7.1, column "Folder"). */
export type Meaning =
  | { readonly kind: "marked"; readonly stage: Stage; readonly planApproved: boolean }
  | { readonly kind: "closed"; readonly stage: Stage; readonly lifecycle: Exclude<Lifecycle, "active"> }
  /** `Draft`, `Backlog`, no word at all: not for us, and an open blocker. */
  | { readonly kind: "unmarked" };

const marked = (stage: Stage): Meaning => ({
  kind: "marked",
  stage,
  planApproved: stage === "plan-complete",
});
const closed = (lifecycle: "completed" | "cancelled", stage: Stage = "marked"): Meaning => ({
  kind: "closed",
  stage,
  lifecycle,
});

const meanings: ReadonlyMap<string, Meaning> = new Map([
  ["ready", marked("marked")],
  ["planning", marked("planning")],
  ["plan approved", marked("plan-complete")],
  ["implementing", marked("implementing")],
  ["pr ready", marked("pr-open")],
  ["planning failed", marked("planning-failed")],
  ["implementation failed", marked("implementing-failed")],
  ["merged", closed("completed", "merged")],
  ["done", closed("completed")],
  ["completed", closed("completed")],
  ["cancelled", closed("cancelled")],
  ["canceled", closed("cancelled")],
  ["closed", closed("cancelled")],
  ["won't do", closed("cancelled")],
]);

const normalise = (word: string): string => word.trim().toLowerCase().replace(/\s+/g, " ").replace("’", "'");

export const meaningOf = (word: string): Meaning => meanings.get(normalise(word)) ?? { kind: "unmarked" };

const stageWords: Readonly<Record<Exclude<WantedStage, "cleared">, string>> = {
  marked: "Ready",
  planning: "Planning",
  "plan-complete": "Plan Approved",
  // It waits for a person to write `Plan Approved`, so we must not (§7.1).
  "awaiting-approval": "Planning",
  implementing: "Implementing",
  "pr-open": "PR Ready",
  "planning-failed": "Planning Failed",
  "implementing-failed": "Implementation Failed",
  merged: "Merged",
};

/** The status as our side of a ticket has it. */
export interface ShownStatus {
  /** The word that we, or a person in the sidecar, show; absent: the author's word holds. */
  readonly status?: string;
  /** The author's word when we last wrote; empty where the file had none. */
  readonly seenStatus?: string;
}

/**
 * The author's word wins once it is no longer the one that we saw: our word is then out of date, and stays so
 * even when the author later goes back to the earlier word (§7.1 "label removed and added again").
 */
export const settle = (shown: ShownStatus, authorWord: string): ShownStatus => {
  const { status, seenStatus } = shown;
  const overruled =
    status !== undefined && seenStatus !== undefined && normalise(seenStatus) !== normalise(authorWord);
  return overruled ? {} : shown;
};

export const effectiveWord = (shown: ShownStatus, authorWord: string): string =>
  settle(shown, authorWord).status ?? authorWord;

/**
 * What our side shows after a stage write. A person's word is never written over by a stage that was decided
 * before it was seen: not a "no" (unmarked, closed), and not an approval by a stage that comes before one. Only
 * `merged` is a fact that no word changes.
 */
export const withStage = (shown: ShownStatus, authorWord: string, stage: WantedStage): ShownStatus => {
  if (stage === "merged") return { status: stageWords.merged, seenStatus: authorWord };
  const settled = settle(shown, authorWord);
  const meaning = meaningOf(effectiveWord(settled, authorWord));
  if (meaning.kind !== "marked") return settled;
  if (stage === "cleared") return isPersonsMark(meaning.stage) ? settled : {};
  if (meaning.planApproved && comesBeforeApproval(stage)) return settled;
  return { status: stageWords[stage], seenStatus: authorWord };
};

/** The two that we never take away (§7.1). */
const isPersonsMark = (stage: Stage): boolean => stage === "marked" || stage === "plan-complete";

const comesBeforeApproval = (stage: WantedStage): boolean =>
  stage === "marked" || stage === "planning" || stage === "awaiting-approval";
