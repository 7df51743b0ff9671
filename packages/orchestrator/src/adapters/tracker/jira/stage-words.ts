import type { Stage, WantedStage } from "../../../core/ticket.ts";

/** What the field `AI-Implement Status` says of its issue (§7.1, column "Jira"). */
export type Meaning =
  | { readonly kind: "marked"; readonly stage: Stage; readonly planApproved: boolean }
  /** Ours is done, whatever the workflow says. */
  | { readonly kind: "merged" }
  /** Unset, or a word that is not ours: a person's "no". */
  | { readonly kind: "unmarked" };

const wordOfStage = {
  marked: "Ready",
  planning: "Planning",
  "plan-complete": "Plan Approved",
  implementing: "Implementing",
  "pr-open": "PR Ready",
  "planning-failed": "Planning Failed",
  "implementing-failed": "Implementation Failed",
  merged: "Merged",
} as const satisfies Readonly<Record<Stage, string>>;

export type StatusWord = (typeof wordOfStage)[Stage];

/** Every option that the field has to have, in the order of a ticket's life. */
export const statusWords: readonly StatusWord[] = Object.values(wordOfStage);

/** What a search for marked issues asks for. */
export const markedWords: readonly StatusWord[] = statusWords.filter((word) => word !== wordOfStage.merged);

/** Jira compares options without case; people add spaces. */
export const sameWord = (one: string, other: string): boolean => normalise(one) === normalise(other);

const normalise = (word: string): string => word.trim().toLowerCase().replace(/\s+/g, " ");

const stageOfWord: ReadonlyMap<string, Stage> = new Map(
  (Object.keys(wordOfStage) as Stage[]).map((stage) => [normalise(wordOfStage[stage]), stage]),
);

export const meaningOf = (word: string | null): Meaning => {
  const stage = word === null ? undefined : stageOfWord.get(normalise(word));
  if (stage === undefined) return { kind: "unmarked" };
  if (stage === "merged") return { kind: "merged" };
  return { kind: "marked", stage, planApproved: stage === "plan-complete" };
};

/**
 * The word to write for a stage, or null where the field stays as it is. A person's word is never written over by a
 * stage that was decided before it was seen: not a "no", and not an approval by a stage that comes before one. Only
 * `merged` is a fact that no word changes.
 */
export const wordToWrite = (shown: string | null, stage: WantedStage): StatusWord | null => {
  const meaning = meaningOf(shown);
  if (stage === "merged") return meaning.kind === "merged" ? null : wordOfStage.merged;
  if (meaning.kind !== "marked") return null;
  if (stage === "cleared") return isPersonsMark(meaning.stage) ? null : wordOfStage.marked;
  if (meaning.planApproved && comesBeforeApproval(stage)) return null;
  // It waits for a person to choose `Plan Approved`, so we must not (§7.1).
  const word = stage === "awaiting-approval" ? wordOfStage.planning : wordOfStage[stage];
  return wordOfStage[meaning.stage] === word ? null : word;
};

/** Somebody wants us to begin, and nothing of ours has begun. */
export const showsPersonsMark = (meaning: Meaning): boolean =>
  meaning.kind === "marked" && isPersonsMark(meaning.stage);

/** The two that we never take away (§7.1). */
export const isPersonsMark = (stage: Stage): boolean => stage === "marked" || stage === "plan-complete";

const comesBeforeApproval = (stage: WantedStage): boolean =>
  stage === "marked" || stage === "planning" || stage === "awaiting-approval";
