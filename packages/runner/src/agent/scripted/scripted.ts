import { setTimeout as sleep } from "node:timers/promises";
import type { RunnerFailureReason, Usage } from "@ai-implement/contracts";
import type { Agent, AgentOutcome, AgentRequest, OnActivity } from "../agent.ts";
import { readScript, type Script, type TicketScript, ticketNamedIn } from "./script.ts";
import { formatSession, parseSession, type Session } from "./session.ts";
import { writeConfined } from "./write-confined.ts";

/**
 * The rehearsal's agent: no model, no tokens, but real edits in the real clone, at the pace of a person watching.
 * It says what it is wherever it is named.
 */
export const createScriptedAgent = (scriptPath: string): Agent => {
  /** Reviews given so far, by ticket: a reviewer starts a fresh session each time. */
  const reviews = new Map<string, number>();
  return {
    describe: () => Promise.resolve("scripted agent (rehearsal)"),
    run: async (request, onActivity) => {
      try {
        const scene = sceneOf(await readScript(scriptPath), request);
        if (scene === null)
          return failed("agent-failed", `The rehearsal script ${scriptPath} has no ticket of this prompt.`);
        return await play(scene, reviews, request, onActivity);
      } catch (error) {
        if (request.signal.aborted) return { kind: "stopped", usage: noUsage };
        return failed("unexpected", error instanceof Error ? error.message : String(error));
      }
    },
  };
};

interface Scene {
  readonly script: TicketScript;
  readonly session: Session;
}

/** A resumed session knows its ticket; a new one finds it in the prompt. */
const sceneOf = (script: Script, { resume, prompt }: AgentRequest): Scene | null => {
  const resumed = resume === undefined ? null : parseSession(resume);
  const identifier = resumed?.identifier ?? ticketNamedIn(script, prompt);
  const ticket = identifier === null ? undefined : script.tickets[identifier];
  if (identifier === null || ticket === undefined) return null;
  return { script: ticket, session: resumed ?? { identifier, implemented: 0 } };
};

const play = async (
  { script, session }: Scene,
  reviews: Map<string, number>,
  request: AgentRequest,
  onActivity: OnActivity,
): Promise<AgentOutcome> => {
  const step = async (activity: string): Promise<void> => {
    onActivity(activity);
    await sleep(script.secondsPerStep * 1_000, undefined, { signal: request.signal });
  };
  switch (request.purpose) {
    case "explore":
      await step("Glob **/*");
      await step("Read README.md");
      return completed(session, script.notes, null);
    case "plan":
      await step("Write the plan");
      return completed(session, "", { sections: script.plan });
    case "implement": {
      if (request.access !== "edit")
        return failed("permission-denied", "The scripted agent may not edit in a read-only session.");
      const iteration = entry(script.iterations, session.implemented);
      for (const { path, content } of iteration.edits) {
        await step(`Edit ${path}`);
        await writeConfined(request.directory, path, content);
      }
      return completed({ ...session, implemented: session.implemented + 1 }, iteration.summary, null);
    }
    case "review": {
      const round = reviews.get(session.identifier) ?? 0;
      await step("Review the change");
      reviews.set(session.identifier, round + 1);
      return completed(session, "", entry(script.reviews, round));
    }
    case "gap-analysis":
      await step("Hold the change against the ticket");
      return completed(session, "", script.gaps);
  }
};

/** The last entry goes on. */
const entry = <T>(list: readonly T[], index: number): T => {
  const found = list[Math.min(index, list.length - 1)];
  if (found === undefined) throw new Error("The rehearsal script has an empty list.");
  return found;
};

const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns: 0,
};

const completed = (session: Session, text: string, structured: unknown): AgentOutcome => ({
  kind: "completed",
  text,
  structured,
  session: formatSession(session),
  usage: { ...noUsage, turns: 1 },
});

const failed = (reason: RunnerFailureReason, message: string): AgentOutcome => ({
  kind: "failed",
  reason,
  message,
  session: null,
  usage: noUsage,
});
