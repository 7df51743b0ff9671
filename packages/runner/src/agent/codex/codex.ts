import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { succeeded } from "../../process/run-command.ts";
import { startInside } from "../../sandbox/run-inside.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Agent, AgentOutcome, AgentRequest, OnActivity } from "../agent.ts";
import { sessionMarker } from "../claude-code/environment.ts";
import { type OutputLimits, runAgentProcess } from "../claude-code/process.ts";
import { activityOf } from "./activity.ts";
import { argumentsFor, type SandboxMode } from "./command-line.ts";
import { type Conversations, createConversations } from "./conversations.ts";
import { environmentFor } from "./environment.ts";
import { mapOutcome } from "./map-outcome.ts";
import { notBegun, type PreparedSession, prepareSession } from "./prepare-session.ts";
import { createLocksmith, type ReadOnlySession } from "./read-only.ts";
import { parseEvent } from "./schema.ts";
import { emptyRecord, record, type SessionRecord } from "./session-record.ts";

export interface CodexOptions {
  /** A path, or a name that is looked up on the request's PATH. */
  readonly command?: string | undefined;
  /** Null: OpenAI's own address. */
  readonly baseUrl: string | null;
  readonly apiKey: string;
  /** The agent's own: its settings, sessions and temporary files live here. Made when absent. */
  readonly home: string;
  /** Where `describe` looks for the command; a session looks on its request's PATH. */
  readonly searchPath?: string | undefined;
  readonly sandbox: Sandbox;
  /** Retries of a failed request to the provider, by the CLI. */
  readonly maxRetries?: number;
  readonly limits?: OutputLimits;
}

const defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const openaiUrl = "https://api.openai.com/v1";
const versionTimeoutMs = 30_000;
/** A longer trouble is the orchestrator's to wait out (§15). */
const defaultRetries = 4;

/** The real Codex CLI as an agent (§10.4). */
export const createCodex = (options: CodexOptions): Agent => {
  const { command = "codex", home, searchPath = defaultSearchPath, sandbox } = options;
  const conversations = createConversations(home, sandbox);
  const lock = createLocksmith(searchPath);
  let description: Promise<string> | undefined;

  const version = async (): Promise<string> => {
    await mkdir(home, { recursive: true });
    const asked = await startInside(sandbox, {
      command,
      arguments: ["--version"],
      directory: home,
      environment: environmentFor({ PATH: searchPath }, { home, codexHome: home, apiKey: null }),
      timeoutMs: versionTimeoutMs,
      signal: new AbortController().signal,
      maxOutput: 1_000,
      keep: "head",
    });
    const [number] = /\d+(\.\d+)+/.exec(asked.stdout) ?? [];
    if (succeeded(asked) && number !== undefined) return `Codex ${number}`;
    // Asked again next time. A run with this command fails with the reason and the fix; its name must not.
    description = undefined;
    return "Codex (version unknown)";
  };

  return {
    describe: () => {
      description ??= version();
      return description;
    },
    run: async (request, onActivity) => {
      if (request.signal.aborted) return stopped;
      const prepared = await prepareSession(request, conversations);
      if (prepared.kind === "failed") return prepared.outcome;
      const session = { options, command, prepared: prepared.session, request, conversations, onActivity };
      if (request.access === "edit") return runSession(session, "danger-full-access");
      return runLocked(session, lock);
    },
  };
};

const stopped: AgentOutcome = { kind: "stopped", usage: null };

interface Session {
  readonly options: CodexOptions;
  readonly command: string;
  readonly prepared: PreparedSession;
  readonly request: AgentRequest;
  readonly conversations: Conversations;
  readonly onActivity: OnActivity;
}

const runLocked = async (
  session: Session,
  lock: ReturnType<typeof createLocksmith>,
): Promise<AgentOutcome> => {
  try {
    const held = await lock(readOnlySession(session));
    switch (held.kind) {
      case "none":
        return session.request.signal.aborted ? stopped : notBegun("sandbox", held.message);
      case "by-cli":
        return await runSession(session, "read-only");
      case "by-owner": {
        const outcome = await runSession(session, "danger-full-access");
        await held.giveBack();
        return outcome;
      }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return notBegun("sandbox", `The agent could not be kept from writing: ${why}.`);
  }
};

const readOnlySession = ({ options, command, prepared, request }: Session): ReadOnlySession => {
  const { sandbox, home } = options;
  const { codexHome } = prepared.conversation;
  const environment = environmentFor(request.environment, { home, codexHome, apiKey: null });
  return { program: command, sandbox, codexHome, environment, request };
};

const runSession = async (
  { options, command, prepared, request, conversations, onActivity }: Session,
  sandboxMode: SandboxMode,
): Promise<AgentOutcome> => {
  const { conversation, schemaFile } = prepared;
  const { sandbox, home, apiKey, limits, baseUrl, maxRetries = defaultRetries } = options;
  const { codexHome, used } = conversation;
  const marker = { variable: sessionMarker, value: randomUUID() };
  const environment = environmentFor(request.environment, { home, codexHome, apiKey });
  const cap = new AbortController();
  let session: SessionRecord = emptyRecord;
  const { exit, errorOutput } = await runAgentProcess(
    {
      sandbox,
      command,
      arguments: argumentsFor({
        request,
        sandboxMode,
        baseUrl: baseUrl ?? openaiUrl,
        maxRetries,
        schemaFile,
      }),
      directory: request.directory,
      environment: { ...environment, [marker.variable]: marker.value },
      input: request.prompt,
      signal: AbortSignal.any([request.signal, cap.signal]),
      marker,
    },
    (line) => {
      const event = parseEvent(line);
      if (event === null) return "more";
      session = record(session, event);
      // The CLI has no cap of its own (0.169.0).
      if (session.actions >= request.maxTurns) cap.abort();
      for (const activity of activityOf(event, request.directory)) onActivity(activity);
      return event.type === "turn.completed" || event.type === "turn.failed" ? "last" : "more";
    },
    limits,
  );
  if (session.session !== null)
    conversations.keep(session.session, { codexHome, used: session.conversationUsage ?? used });
  const capped = cap.signal.aborted && !request.signal.aborted;
  return mapOutcome({ record: session, exit, errorOutput, capped, request, usedBefore: used });
};
