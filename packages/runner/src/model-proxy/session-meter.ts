import type { Price, Usage } from "@ai-implement/contracts";
import { addUsage } from "../pipeline/usage-meter.ts";
import type { ModelUse, SessionMeter } from "./model-proxy.ts";
import { costOf, dearestInput, type PriceOf, type Tokens } from "./prices.ts";

/** What a call asks for, before it begins. */
export interface Asked {
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly requestBytes: number;
  readonly isStreamed: boolean;
  /** What it asks for that no list price is for, such as a faster tier. */
  readonly unpriced: string | null;
}

/** What the provider has said of a call so far. */
export interface Said {
  readonly tokens: Tokens | null;
  /** The tokens are all that it will come to. */
  readonly isFinal: boolean;
  /** Of its answer, so far. */
  readonly bytes: number;
}

export interface MeteredCall {
  said(said: Said): void;
  /** `unbilled`: it was refused, or never arrived. `ended`: whole or not, which is told by what was said. Counts once. */
  end(how: "ended" | "unbilled"): void;
}

export type Admission =
  | { readonly kind: "admitted"; readonly call: MeteredCall }
  | { readonly kind: "refused"; readonly message: string }
  /** Nobody waits for it any more. */
  | { readonly kind: "gone" };

export interface Meter extends SessionMeter {
  /** Waits where the calls under way may spend the rest, until it is known what they spent. */
  admit(asked: Asked, signal: AbortSignal): Promise<Admission>;
}

interface UnderWay {
  readonly asked: Asked;
  readonly price: Price | null;
  said: Said;
}

/**
 * A call begins only while what was spent, and what the calls under way may spend at most, are below the budget. So the
 * whole never exceeds the budget by more than the cost of one call, however many are made at once.
 */
export const createMeter = (budgetUsd: number | undefined, priceOf: PriceOf): Meter => {
  const underWay = new Set<UnderWay>();
  const ended = new Map<string, Usage>();
  const waiting = new Set<() => void>();
  let chargedUsd = 0;
  let isRefused = false;

  const spent = (): number =>
    sum(
      [...underWay].map((call) => measuredCost(call) ?? 0),
      chargedUsd,
    );
  const reserved = (): number =>
    sum([...underWay].map((call) => (measuredCost(call) === null ? reservation(call) : 0)));
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };

  const begin = (asked: Asked, price: Price | null): MeteredCall => {
    const call: UnderWay = { asked, price, said: { tokens: null, isFinal: false, bytes: 0 } };
    underWay.add(call);
    return {
      said: (said) => {
        call.said = said;
        if (said.isFinal) wakeAll();
      },
      end: (how) => {
        if (!underWay.delete(call)) return;
        if (how === "ended") {
          chargedUsd += charge(call);
          count(ended, call);
        }
        wakeAll();
      },
    };
  };

  const admit = async (asked: Asked, signal: AbortSignal): Promise<Admission> => {
    const price = priceOf(asked.model);
    if (budgetUsd === undefined) return { kind: "admitted", call: begin(asked, price) };
    if (price === null || asked.unpriced !== null)
      return { kind: "refused", message: withoutPrice(asked, budgetUsd) };
    for (;;) {
      if (signal.aborted) return { kind: "gone" };
      if (spent() >= budgetUsd) {
        isRefused = true;
        return { kind: "refused", message: spentMessage(budgetUsd) };
      }
      if (spent() + reserved() < budgetUsd) return { kind: "admitted", call: begin(asked, price) };
      await changed(waiting, signal);
    }
  };

  const uses = (): ReadonlyMap<string, Usage> => {
    const all = new Map(ended);
    for (const call of underWay) count(all, call);
    return all;
  };

  return {
    admit,
    usage: () => [...uses().values()].reduce(addUsage, nothing),
    byModel: () => [...uses()].map(([model, usage]): ModelUse => ({ model, usage })),
    refusedForBudget: () => isRefused,
    chargedUsd: spent,
  };
};

const nothing: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns: 0,
};

const sum = (values: readonly number[], from = 0): number =>
  values.reduce((total, value) => total + value, from);

/** Null: it is not known, or not known yet. */
const measuredCost = ({ price, said, asked }: UnderWay): number | null =>
  price === null || said.tokens === null || !said.isFinal || asked.unpriced !== null
    ? null
    : costOf(said.tokens, price);

/** Of text as people and programs write it, a token has three bytes or more; of its worst, two. */
const fewestBytesOfToken = 2;
const inputBound = ({ asked, price }: UnderWay): number =>
  price === null ? 0 : (Math.ceil(asked.requestBytes / fewestBytesOfToken) * dearestInput(price)) / 1_000_000;

/** What a call may cost at most. */
const reservation = (call: UnderWay): number =>
  inputBound(call) + (call.asked.maxOutputTokens * (call.price?.output ?? 0)) / 1_000_000;

/**
 * What counts against the budget when a call is over. One that broke off is charged with what it may have cost: the input as it
 * was said, or by the request's size, and the output by what of it was seen; all of it where it would have come in one piece.
 */
const charge = (call: UnderWay): number => {
  const { price, said, asked } = call;
  const measured = measuredCost(call);
  if (measured !== null) return measured;
  if (price === null) return 0;
  if (!asked.isStreamed) return reservation(call);
  if (said.tokens === null) return inputBound(call);
  const seen = Math.min(asked.maxOutputTokens, Math.ceil(said.bytes / fewestBytesOfToken));
  return costOf({ ...said.tokens, output: Math.max(said.tokens.output, seen) }, price);
};

const count = (uses: Map<string, Usage>, call: UnderWay): void => {
  const { tokens } = call.said;
  const { model } = call.asked;
  const usage: Usage = {
    inputTokens: tokens?.input ?? 0,
    outputTokens: tokens?.output ?? 0,
    cacheReadTokens: tokens?.cacheRead ?? 0,
    cacheWriteTokens: (tokens?.cacheWrite ?? 0) + (tokens?.cacheWriteHour ?? 0),
    costUsd: measuredCost(call),
    turns: 1,
  };
  uses.set(model, addUsage(uses.get(model) ?? nothing, usage));
};

const changed = (waiting: Set<() => void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      waiting.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener("abort", wake);
  });

const spentMessage = (budgetUsd: number): string =>
  `The budget of this run is spent: $${budgetUsd.toFixed(4)} were left for this session (perRunUsd of the project). No further calls are answered.`;

const withoutPrice = ({ model, unpriced }: Asked, budgetUsd: number): string =>
  unpriced === null
    ? `The model ${model} has no price, so that the budget of this run ($${budgetUsd.toFixed(4)} left) cannot be kept. Add the model to MODEL_PRICES of the orchestrator, or remove perRunUsd from the project's budget.`
    : `There is no price for ${unpriced}, so that the budget of this run cannot be kept.`;
