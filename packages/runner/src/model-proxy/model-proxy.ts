import type { Usage } from "@ai-implement/contracts";

/** What one model used in one session. */
export interface ModelUse {
  readonly model: string;
  readonly usage: Usage;
}

/** Counts what one session of the agent uses, from its opening to the next one's. */
export interface SessionMeter {
  /** Costs are null from the first call on whose price or tokens are not known: not measured is not zero. */
  usage(): Usage;
  byModel(): readonly ModelUse[];
  /** True once a call was refused because the budget was spent. */
  refusedForBudget(): boolean;
  /**
   * What counts against the budget, in US dollars: what was measured, and for a call that broke off what it may have
   * cost. A bound to keep a budget by, never a figure to show. Calls without a price count nothing.
   */
  chargedUsd(): number;
}

/**
 * Stands between the agent and the model's provider, on loopback: holds the credential, counts, and refuses what the
 * budget does not cover (§11.3).
 */
export interface ModelProxy {
  /** Where the agent sends its requests, without a slash at the end. */
  readonly url: string;
  /** What the agent proves itself with there: worth nothing anywhere else, and nothing after the run. */
  readonly token: string;
  /** @param budgetUsd what this session may spend; a call that begins when it is spent is refused. Absent: no limit */
  open(budgetUsd?: number): SessionMeter;
  /** Ends the calls that are under way. Never rejects. */
  close(): Promise<void>;
}
