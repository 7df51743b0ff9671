import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunnerFailureReason } from "@ai-implement/contracts";
import type { AgentOutcome, AgentRequest } from "../agent.ts";
import { strictSchema } from "./answer-schema.ts";
import type { Conversation, Conversations } from "./conversations.ts";

/** Everything that a session needs to begin. */
export interface PreparedSession {
  readonly conversation: Conversation;
  readonly schemaFile: string | null;
}

export type Preparation =
  | { readonly kind: "ready"; readonly session: PreparedSession }
  | { readonly kind: "failed"; readonly outcome: AgentOutcome };

export const prepareSession = async (
  request: AgentRequest,
  conversations: Conversations,
): Promise<Preparation> => {
  const failed = (reason: RunnerFailureReason, message: string): Preparation => ({
    kind: "failed",
    outcome: notBegun(reason, message),
  });
  try {
    await access(request.directory);
    const conversation = await conversations.open(request.resume);
    if (conversation === null)
      return failed("agent-failed", `There is no session ${request.resume} of Codex to go on in.`);
    const schemaFile = await writeSchema(request.answerSchema, conversations);
    return { kind: "ready", session: { conversation, schemaFile } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed("unexpected", `The agent's home or the clone cannot be used: ${why}`);
  }
};

const writeSchema = async (
  schema: AgentRequest["answerSchema"],
  conversations: Conversations,
): Promise<string | null> => {
  if (schema === undefined) return null;
  const folder = await conversations.freshFolder();
  const file = join(folder, "answer.schema.json");
  await writeFile(file, JSON.stringify(strictSchema(schema)));
  await conversations.give(folder);
  return file;
};

export const notBegun = (reason: RunnerFailureReason, message: string): AgentOutcome => ({
  kind: "failed",
  reason,
  message,
  session: null,
  usage: null,
});
