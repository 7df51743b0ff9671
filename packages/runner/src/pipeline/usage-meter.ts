import type { Usage } from "@ai-implement/contracts";

/** What the run has used so far (§10). */
export interface UsageMeter {
  /**
   * `null`: the agent did not say. From then on the total's cost is unknown, which is not zero.
   * @param chargedUsd what is to count against the budget: more than the cost where that could not be measured
   */
  add(usage: Usage | null, chargedUsd?: number): void;
  /** `null` as long as no agent ran. */
  total(): Usage | null;
  /** In US dollars: the basis of what may still be spent. */
  chargedUsd(): number;
}

const nothing: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns: 0,
};

export const addUsage = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  turns: a.turns + b.turns,
});

export const createUsageMeter = (): UsageMeter => {
  let total: Usage | null = null;
  let charged = 0;
  return {
    add: (usage, chargedUsd = usage?.costUsd ?? 0) => {
      charged += chargedUsd;
      total = addUsage(total ?? nothing, usage ?? { ...nothing, costUsd: null });
    },
    total: () => total,
    chargedUsd: () => charged,
  };
};
