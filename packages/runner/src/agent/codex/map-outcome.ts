import type { RunnerFailureReason, Usage } from "@ai-implement/contracts";
import type { AgentOutcome, AgentRequest } from "../agent.ts";
import { oneLine } from "../claude-code/activity.ts";
import type { Exit } from "../claude-code/map-outcome.ts";
import { withoutNulls } from "./answer-schema.ts";
import { reasonOf } from "./failure-reason.ts";
import type { CodexUsage } from "./schema.ts";
import type { SessionRecord } from "./session-record.ts";

/** How a session ended, and what it was asked for. */
export interface SessionEnd {
  readonly record: SessionRecord;
  readonly exit: Exit;
  readonly errorOutput: string;
  /** We ended it, because it had used its turns. */
  readonly capped: boolean;
  readonly request: Pick<AgentRequest, "answerSchema" | "maxTurns" | "resume">;
  /** What its conversation had used before. */
  readonly usedBefore: CodexUsage;
}

export const nothingUsed: CodexUsage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
};

/** The named outcomes of §10.4. */
export const mapOutcome = (end: SessionEnd): AgentOutcome => {
  const { record, exit, capped, request } = end;
  const usage = usageOf(end);
  if (exit.kind === "stopped" && !capped) return { kind: "stopped", usage };
  const failed = ({ reason, message }: Failed): AgentOutcome => ({
    kind: "failed",
    reason,
    message,
    session: record.session,
    usage,
  });
  if (capped)
    return failed({
      reason: "turn-cap",
      message: `The agent used all of its ${request.maxTurns} turns and was not done. Raise the project's maxTurns, or make the ticket smaller.`,
    });
  if (record.failure !== null) return failed(providerFailure(record.failure));
  if (usage === null || record.session === null) return failed(withoutResult(end));
  if (record.text === null)
    return failed({
      reason: "agent-refused",
      message: "The model ended without an answer: that is how Codex shows that a model declines a request.",
    });
  return {
    kind: "completed",
    text: record.text,
    structured: structuredOf(record.text, request.answerSchema),
    session: record.session,
    usage,
  };
};

interface Failed {
  readonly reason: RunnerFailureReason;
  readonly message: string;
}

const providerFailure = (said: string): Failed => {
  const reason = reasonOf(said);
  return { reason, message: `${openings[reason] ?? "Codex failed."} It said: ${oneLine(said)}` };
};

const openings: Partial<Readonly<Record<RunnerFailureReason, string>>> = {
  unauthorised:
    "The model provider does not accept the credential. Check OPENAI_API_KEY, and the account behind it.",
  "rate-limited": "The model provider limits the rate of this account's requests.",
  "provider-overloaded": "The model provider is overloaded or has a fault.",
  transport: "The model provider could not be reached, or its answer broke off.",
  "agent-refused": "The model provider refused the request.",
};

const withoutResult = ({ exit, errorOutput }: SessionEnd): Failed => {
  switch (exit.kind) {
    case "not-started":
      return {
        reason: "agent-not-installed",
        message: `Codex could not be started as ${exit.command} (${exit.why}). Install it with \`npm install -g @openai/codex@0.169.0\`, or set the path of its command.`,
      };
    case "output-too-large":
      return {
        reason: "agent-failed",
        message: `Codex was ended because it printed more than ${exit.limitBytes} bytes.`,
      };
    case "stopped":
    case "exited": {
      const how =
        exit.kind === "stopped" || exit.signal !== null ? "was ended" : `exited with code ${exit.code}`;
      const tail = oneLine(errorOutput.slice(-2_000));
      return {
        reason: "agent-failed",
        message: `Codex ${how} without a result${tail === "" ? " and said nothing." : `. It said: ${tail}`}`,
      };
    }
  }
};

/** Null where the answer is not in the form that was asked for: the caller sees that as no answer. */
const structuredOf = (text: string, schema: AgentRequest["answerSchema"]): unknown => {
  if (schema === undefined) return null;
  try {
    return withoutNulls(JSON.parse(text), schema);
  } catch {
    return null;
  }
};

/** The CLI knows no prices, and does not say how often it asked the model: each action counts as a turn, and the answer. */
const usageOf = ({ record, usedBefore }: SessionEnd): Usage | null => {
  const now = record.conversationUsage;
  if (now === null) return null;
  const used = (name: keyof CodexUsage): number => Math.max(0, now[name] - usedBefore[name]);
  const cacheReadTokens = used("cached_input_tokens");
  const cacheWriteTokens = used("cache_write_input_tokens");
  return {
    inputTokens: Math.max(0, used("input_tokens") - cacheReadTokens - cacheWriteTokens),
    outputTokens: used("output_tokens"),
    cacheReadTokens,
    cacheWriteTokens,
    costUsd: null,
    turns: record.actions + 1,
  };
};
