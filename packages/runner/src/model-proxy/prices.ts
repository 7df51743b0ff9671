import type { Price, PriceTable } from "@ai-implement/contracts";

/** What a call used, each token in one of them. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** For five minutes, which is what the price of writing is for. */
  readonly cacheWrite: number;
  /** For an hour. */
  readonly cacheWriteHour: number;
}

/** @returns null where the model has no price here, or is none that we know */
export type PriceOf = (model: string) => Price | null;

/** The operator's prices count before the built-in ones. */
export const createPriceOf =
  (operators: PriceTable): PriceOf =>
  (model) => {
    const names = namesOf(model);
    return firstMatch(operators, names) ?? firstMatch(builtInPrices, names);
  };

/** Writing to the cache for an hour costs twice the input, for five minutes one and a quarter of it. */
const hourOverFiveMinutes = 2 / 1.25;

/** In US dollars. */
export const costOf = (tokens: Tokens, price: Price): number =>
  (tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite +
    tokens.cacheWriteHour * price.cacheWrite * hourOverFiveMinutes) /
  1_000_000;

/** What a token of the request costs at most. */
export const dearestInput = (price: Price): number =>
  Math.max(price.input, price.cacheRead, price.cacheWrite * hourOverFiveMinutes);

const firstMatch = (table: PriceTable, names: readonly string[]): Price | null => {
  for (const name of names) {
    const price = match(table, name);
    if (price !== null) return price;
  }
  return null;
};

/** The name itself, or the longest beginning of it that is followed by a `*`. */
const match = (table: PriceTable, name: string): Price | null => {
  if (Object.hasOwn(table, name)) return table[name] ?? null;
  let best: { readonly length: number; readonly price: Price } | null = null;
  for (const [pattern, price] of Object.entries(table)) {
    if (!pattern.endsWith("*") || !name.startsWith(pattern.slice(0, -1))) continue;
    if (best === null || pattern.length > best.length) best = { length: pattern.length, price };
  }
  return best?.price ?? null;
};

/**
 * Under what a model may stand in a table, the most exact first: `eu.anthropic.claude-x-20260101-v1:0` (or the ARN that ends
 * in it) is also `anthropic.claude-x…` and `claude-x…`, and each of them also stands without its version and its date. What a
 * provider calls global stands at the vendor's own price.
 */
const namesOf = (model: string): readonly string[] => {
  const id = model.slice(model.lastIndexOf("/") + 1);
  const withoutPlace = id.replace(/^(?:us-gov|global|apac|[a-z]{2})\.(?=anthropic\.)/, "");
  const ofVendor = withoutPlace.replace(/^anthropic\./, "");
  const places = id.startsWith("global.") ? [id, ofVendor, withoutPlace] : [id, withoutPlace, ofVendor];
  const all = [model, ...places].flatMap((name) => {
    const withoutVersion = name.replace(/-v\d+(?::\d+)?$/, "");
    return [name, withoutVersion, withoutVersion.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, "")];
  });
  return [...new Set(all)];
};

/** Anthropic: writing to the cache costs 1.25 of the input, reading from it a tenth. */
const claude = (input: number, output: number): Price => ({
  input,
  output,
  cacheRead: input / 10,
  cacheWrite: input * 1.25,
});

/** OpenAI does not charge for writing to its cache. */
const openai = (input: number, cacheRead: number, output: number): Price => ({
  input,
  output,
  cacheRead,
  cacheWrite: 0,
});

/** On Bedrock, Claude 4.5 and later costs a tenth more where it stays within a region (platform.claude.com, "Pricing"). */
const regional = ({ input, output }: Price): Price => claude(input * 1.1, output * 1.1);

const opus = claude(5, 25);
const sonnet = claude(3, 15);
const haiku = claude(1, 5);

/**
 * List prices in US dollars for a million tokens (platform.claude.com "Pricing", platform.openai.com "Pricing"), for requests of
 * the standard tier. A model that is not here has no price rather than a likely one: a new one may cost anything.
 */
const builtInPrices: PriceTable = {
  "claude-opus-4-7*": opus,
  "claude-opus-4-6*": opus,
  "claude-opus-4-5*": opus,
  "claude-opus-4-1*": claude(15, 75),
  "claude-opus-4-0": claude(15, 75),
  "claude-opus-4-2025*": claude(15, 75),
  "claude-sonnet-4-6*": sonnet,
  "claude-sonnet-4-5*": sonnet,
  "claude-sonnet-4-0": sonnet,
  "claude-sonnet-4-2025*": sonnet,
  "claude-haiku-4-5*": haiku,
  "claude-3-7-sonnet*": sonnet,
  "claude-3-5-sonnet*": sonnet,
  "claude-3-5-haiku*": claude(0.8, 4),
  "claude-3-opus*": claude(15, 75),
  "claude-3-haiku*": { input: 0.25, output: 1.25, cacheRead: 0.03, cacheWrite: 0.3 },
  "anthropic.claude-opus-4-7*": regional(opus),
  "anthropic.claude-opus-4-6*": regional(opus),
  "anthropic.claude-opus-4-5*": regional(opus),
  "anthropic.claude-sonnet-4-6*": regional(sonnet),
  "anthropic.claude-sonnet-4-5*": regional(sonnet),
  "anthropic.claude-haiku-4-5*": regional(haiku),
  "gpt-5": openai(1.25, 0.125, 10),
  "gpt-5-codex": openai(1.25, 0.125, 10),
  "gpt-5-mini": openai(0.25, 0.025, 2),
  "gpt-5-nano": openai(0.05, 0.005, 0.4),
  "gpt-5.1": openai(1.25, 0.125, 10),
  "gpt-5.1-codex": openai(1.25, 0.125, 10),
  "gpt-5.1-codex-max": openai(1.25, 0.125, 10),
  "gpt-5.1-codex-mini": openai(0.25, 0.025, 2),
  "gpt-5.2": openai(1.75, 0.175, 14),
  "gpt-5.2-codex": openai(1.75, 0.175, 14),
};
