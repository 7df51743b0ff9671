import type { RunnerFailureReason } from "@ai-implement/contracts";

/**
 * What a session's failure comes from. The CLI (0.169.0) gives it as a sentence only: some of OpenAI's, with a status
 * where there was one, some of its own.
 */
export const reasonOf = (said: string): RunnerFailureReason => {
  const status = /\bstatus:? (\d{3})\b/.exec(said)?.[1];
  if (status !== undefined) return reasonOfStatus(Number(status));
  return sentences.find(({ pattern }) => pattern.test(said))?.reason ?? "agent-refused";
};

const reasonOfStatus = (status: number): RunnerFailureReason => {
  if (status === 401 || status === 402 || status === 403) return "unauthorised";
  if (status === 429) return "rate-limited";
  if (status === 408) return "transport";
  return status >= 500 ? "provider-overloaded" : "agent-refused";
};

/** The first that fits counts. */
const sentences: readonly { readonly pattern: RegExp; readonly reason: RunnerFailureReason }[] = [
  { pattern: /reason: content_filter/, reason: "agent-refused" },
  { pattern: /ran out of room|reason: max_output_tokens/, reason: "agent-failed" },
  { pattern: /^Quota exceeded|^Missing environment variable/, reason: "unauthorised" },
  { pattern: /^rate limit/i, reason: "rate-limited" },
  { pattern: /at capacity|experiencing high demand/, reason: "provider-overloaded" },
  { pattern: /^Connection failed|stream disconnected|timed? ?out/i, reason: "transport" },
];
