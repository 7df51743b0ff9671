import type { CountedRequest } from "./request.ts";

export interface TokenUsage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** Four characters to the token: near enough to the vendor's tokeniser, and the same on every run. */
export const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value ?? "").length / 4);

export const requestTokens = ({ system, tools, messages }: CountedRequest): number =>
  tokensOf([system, tools, messages]);

/** Tokens after the last cache mark: they are never cached. */
const uncachedTail = 4;

/**
 * A conversation that marks its prefix for caching reads what the session's request before it wrote, and writes
 * the rest. `previous` is that request's size, 0 for none.
 */
export const inputUsage = (request: CountedRequest, previous: number): TokenUsage => {
  const total = requestTokens(request);
  const cached = JSON.stringify([request.system, request.messages]).includes('"cache_control"');
  if (!cached || total <= uncachedTail)
    return { inputTokens: total, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const cacheReadTokens = Math.min(previous, total - uncachedTail);
  return {
    inputTokens: uncachedTail,
    cacheReadTokens,
    cacheWriteTokens: total - uncachedTail - cacheReadTokens,
  };
};
