import type { RunnerFailureReason, Usage } from "@ai-implement/contracts";
import type { AgentOutcome } from "../agent.ts";
import { oneLine } from "./activity.ts";
import type { ResultEvent } from "./schema.ts";
import type { SessionRecord } from "./session-record.ts";

/** How the process ended. */
export type Exit =
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: string | null }
  /** Ended by us, because the request's signal said so. */
  | { readonly kind: "stopped" }
  | { readonly kind: "output-too-large"; readonly limitBytes: number }
  | { readonly kind: "not-started"; readonly command: string; readonly why: string };

/** What to look at when the provider does not accept the credential: a sentence. */
export type CredentialHint = string;

/**
 * The named outcomes of §10.4. The result event decides where there is one: the exit code is 1 for a refusal and for
 * a spent budget alike, and `is_error` can stand beside the subtype `success`.
 */
export const mapOutcome = (
  record: SessionRecord,
  exit: Exit,
  errorOutput: string,
  hint: CredentialHint,
): AgentOutcome => {
  const usage = record.result === null ? null : usageOf(record.result);
  if (exit.kind === "stopped") return { kind: "stopped", usage };
  const failed = ({ reason, message }: Failed): AgentOutcome => ({
    kind: "failed",
    reason,
    message,
    session: record.result?.session_id ?? record.session,
    usage,
  });
  if (record.result === null || usage === null) return failed(withoutResult(exit, errorOutput));
  const failure = failureOf(record.result, record, hint);
  if (failure !== null) return failed(failure);
  return {
    kind: "completed",
    text: record.result.result ?? "",
    structured: record.result.structured_output ?? null,
    session: record.result.session_id,
    usage,
  };
};

interface Failed {
  readonly reason: RunnerFailureReason;
  readonly message: string;
}

const failureOf = (result: ResultEvent, record: SessionRecord, hint: CredentialHint): Failed | null => {
  const said = describeResult(result);
  switch (result.subtype) {
    case "success":
      return result.is_error
        ? providerFailure(result, record.lastApiError, said, hint)
        : denial(result, record);
    case "error_max_turns":
      return {
        reason: "turn-cap",
        message: `The agent used all of its turns and was not done. Raise the project's maxTurns, or make the ticket smaller. ${said}`,
      };
    case "error_max_budget_usd":
      return {
        reason: "budget",
        message: `The run's budget is spent. Raise the project's budget.perRunUsd, or make the ticket smaller. ${said}`,
      };
    case "error_max_structured_output_retries":
      // It did the work and could not put its answer into the form: the caller sees that as no answer.
      return null;
    default:
      return {
        reason: "agent-failed",
        message: `Claude Code ended with ${oneLine(result.subtype)}. ${said}`,
      };
  }
};

/** Claude Code exits 0 when everything it tried was denied to it: nothing was done, which is no success. */
const denial = ({ permission_denials }: ResultEvent, { toolsSucceeded }: SessionRecord): Failed | null => {
  if (permission_denials.length === 0 || toolsSucceeded > 0) return null;
  const tools = [...new Set(permission_denials.map(({ tool_name }) => tool_name))].join(", ");
  return {
    reason: "permission-denied",
    message: `The agent did nothing: everything it tried is outside of what it may do (${oneLine(tools)}).`,
  };
};

const providerFailure = (
  result: ResultEvent,
  errorClass: string | null,
  said: string,
  hint: CredentialHint,
): Failed => {
  const status = result.api_error_status ?? null;
  const reason = status === null ? reasonOfClass(errorClass, result.stop_reason) : reasonOfStatus(status);
  // An empty account arrives as 400, and is a matter of the credential rather than of the request.
  if (errorClass === "billing_error" || reason === "unauthorised")
    return {
      reason: "unauthorised",
      message: `The model provider does not accept the credential. ${hint} ${said}`,
    };
  return { reason, message: `${openings[reason] ?? "The agent failed."} ${said}` };
};

const openings: Partial<Readonly<Record<RunnerFailureReason, string>>> = {
  "rate-limited": "The model provider limits the rate of this account's requests.",
  "provider-overloaded": "The model provider is overloaded or has a fault.",
  transport: "The model provider could not be reached, or its answer broke off.",
  "agent-refused": "The model provider refused the request.",
};

const reasonOfStatus = (status: number): RunnerFailureReason => {
  if (status === 401 || status === 402 || status === 403) return "unauthorised";
  if (status === 429) return "rate-limited";
  // Our own proxy says 502 and 504 of a provider that it cannot reach, as any gateway does.
  if (status === 408 || status === 502 || status === 504) return "transport";
  return status >= 500 ? "provider-overloaded" : "agent-refused";
};

/** Without a status there was no answer, or one that the CLI made itself. */
const reasonOfClass = (
  errorClass: string | null,
  stopReason: string | null | undefined,
): RunnerFailureReason => {
  if (stopReason === "refusal") return "agent-refused";
  switch (errorClass) {
    case "authentication_failed":
    case "oauth_org_not_allowed":
      return "unauthorised";
    case "rate_limit":
      return "rate-limited";
    case "overloaded":
      return "provider-overloaded";
    case "server_error":
    case "unknown":
      return "transport";
    case "invalid_request":
    case "model_not_found":
      return "agent-refused";
    default:
      return "agent-failed";
  }
};

const withoutResult = (exit: Exclude<Exit, { kind: "stopped" }>, errorOutput: string): Failed => {
  switch (exit.kind) {
    case "not-started":
      return {
        reason: "agent-not-installed",
        message: `Claude Code could not be started as ${exit.command} (${exit.why}). Install it with \`npm install -g @anthropic-ai/claude-code@2.1.197\`, or set the path of its command.`,
      };
    case "output-too-large":
      return {
        reason: "agent-failed",
        message: `Claude Code was ended because it printed more than ${exit.limitBytes} bytes.`,
      };
    case "exited": {
      const how = exit.signal === null ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
      const tail = oneLine(errorOutput.slice(-2_000));
      return {
        reason: "agent-failed",
        message: `Claude Code ${how} without a result${tail === "" ? " and said nothing." : `. It said: ${tail}`}`,
      };
    }
  }
};

const describeResult = ({ result, errors }: ResultEvent): string =>
  oneLine((errors ?? [result ?? ""]).join("; "));

const usageOf = ({ modelUsage, total_cost_usd, num_turns }: ResultEvent): Usage => {
  const models = Object.values(modelUsage);
  const sum = (pick: (usage: (typeof models)[number]) => number): number =>
    models.reduce((total, usage) => total + pick(usage), 0);
  return {
    inputTokens: sum((usage) => usage.inputTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    cacheReadTokens: sum((usage) => usage.cacheReadInputTokens),
    cacheWriteTokens: sum((usage) => usage.cacheCreationInputTokens),
    costUsd: total_cost_usd,
    turns: num_turns,
  };
};
