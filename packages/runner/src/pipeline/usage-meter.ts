import type { Usage } from "@ai-implement/contracts";

/** What the run has used so far (§10). */
export interface UsageMeter {
  /** `null`: the agent did not say. From then on the total's cost is unknown, which is not zero. */
  add(usage: Usage | null): void;
  /** `null` as long as no agent ran. */
  total(): Usage | null;
  /** In US dollars, as far as it was measured: the basis of what may still be spent. */
  knownCostUsd(): number;
}

const nothing: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns: 0,
};

const addUsage = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  turns: a.turns + b.turns,
});

export const createUsageMeter = (): UsageMeter => {
  let total: Usage | null = null;
  let knownCostUsd = 0;
  return {
    add: (usage) => {
      knownCostUsd += usage?.costUsd ?? 0;
      total = addUsage(total ?? nothing, usage ?? { ...nothing, costUsd: null });
    },
    total: () => total,
    knownCostUsd: () => knownCostUsd,
  };
};
