import { randomUUID } from "node:crypto";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { RunnerFailureReason } from "@ai-implement/contracts";
import { type CommandResult, describeEnd, succeeded } from "../../process/run-command.ts";
import { startInside } from "../../sandbox/run-inside.ts";
import type { Program, Sandbox } from "../../sandbox/sandbox.ts";
import type { Agent, AgentOutcome, AgentPurpose, AgentRequest, OnActivity } from "../agent.ts";
import { activityOf } from "./activity.ts";
import { argumentsFor, promptText } from "./command-line.ts";
import {
  anthropicVariables,
  bedrockVariables,
  type Credentials,
  environmentFor,
  homeVariables,
  proxiedBedrockVariables,
  sessionMarker,
} from "./environment.ts";
import { type CredentialHint, mapOutcome } from "./map-outcome.ts";
import { type OutputLimits, runAgentProcess } from "./process.ts";
import { parseEvent } from "./schema.ts";
import { emptyRecord, record } from "./session-record.ts";

export interface ClaudeCodeOptions {
  /** A path, or a name that is looked up on the request's PATH. */
  readonly command?: string | undefined;
  readonly credentials: Credentials;
  /** The agent's own: its settings, sessions and temporary files live here. Made when absent. */
  readonly home: string;
  /** What its sessions run inside of. */
  readonly sandbox: Sandbox;
  /** Where `describe` looks for the command; a session looks on its request's PATH. */
  readonly searchPath?: string | undefined;
  /** Retries of a failed request to the provider, by the CLI. */
  readonly maxRetries?: number;
  readonly limits?: OutputLimits;
}

const defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const versionTimeoutMs = 30_000;

/** The real Claude Code CLI as an agent (§10.4). */
export const createClaudeCode = (options: ClaudeCodeOptions): Agent => {
  const { command = "claude", home, sandbox, searchPath = defaultSearchPath } = options;
  let description: Promise<string> | undefined;

  const version = async (): Promise<string> => {
    await makeHome(options, searchPath);
    const asked = await ask(sandbox, { command, arguments: ["--version"] }, home, {
      PATH: searchPath,
      ...homeVariables(home),
    });
    const [number] = /\d+(\.\d+)+/.exec(asked.stdout) ?? [];
    if (succeeded(asked) && number !== undefined) return `Claude Code ${number}`;
    // Asked again next time. A run with this command fails with the reason and the fix; its name must not.
    description = undefined;
    return "Claude Code (version unknown)";
  };

  return {
    describe: () => {
      description ??= version();
      return description;
    },
    run: async (request, onActivity) => {
      if (request.signal.aborted) return { kind: "stopped", usage: null };
      const problem = await prepare(options, request);
      return problem === null ? runSession(options, command, request, onActivity) : unusable(problem);
    },
  };
};

const ask = (
  sandbox: Sandbox,
  program: Program,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> =>
  startInside(sandbox, {
    ...program,
    directory,
    environment,
    timeoutMs: versionTimeoutMs,
    signal: new AbortController().signal,
    maxOutput: 1_000,
    keep: "head",
  });

/** As the agent's user: in a folder of its own, a link could lead what we make elsewhere. Null, or what is in the way. */
const makeHome = async ({ home, sandbox }: ClaudeCodeOptions, path: string): Promise<string | null> => {
  const made = await ask(sandbox, { command: "mkdir", arguments: ["-p", "--", join(home, "tmp")] }, "/", {
    PATH: path,
  });
  return succeeded(made) ? null : made.stderr.trim() || describeEnd(made);
};

/** `null` when a session can start; otherwise what is in its way. */
const prepare = async (options: ClaudeCodeOptions, { directory }: AgentRequest): Promise<string | null> => {
  try {
    await access(directory);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return makeHome(options, options.searchPath ?? defaultSearchPath);
};

const unusable = (problem: string): AgentOutcome =>
  notBegun("unexpected", `The agent's home or the clone cannot be used: ${problem}`);

const notBegun = (reason: RunnerFailureReason, message: string): AgentOutcome => ({
  kind: "failed",
  reason,
  message,
  session: null,
  usage: null,
});

type Proof =
  | { readonly kind: "variables"; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: "failed"; readonly outcome: AgentOutcome };

/** The gap analysis comes after everything else, and so always gets credentials of its own (§8.4). */
const prove = async (credentials: Credentials, purpose: AgentPurpose): Promise<Proof> => {
  if (credentials.provider === "anthropic")
    return { kind: "variables", variables: anthropicVariables(credentials) };
  const answer = await credentials.sessions({ fresh: purpose === "gap-analysis" });
  if (answer.kind === "failed") return { kind: "failed", outcome: notBegun(answer.reason, answer.message) };
  // Behind the proxy, asking was for the reason why there are none: what is given to us stays with us.
  return credentials.provider === "bedrock-proxied"
    ? { kind: "variables", variables: proxiedBedrockVariables(credentials) }
    : { kind: "variables", variables: bedrockVariables(credentials.region, answer.session) };
};

const hintFor = (credentials: Credentials): CredentialHint =>
  credentials.provider === "anthropic"
    ? "Check ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN, and the account behind it."
    : `Check that the role ${credentials.roleArn} (AWS_BEDROCK_ROLE_ARN) may invoke the model in ${credentials.region}, and that the account has access to it.`;

const runSession = async (
  { credentials, home, maxRetries, limits, sandbox }: ClaudeCodeOptions,
  command: string,
  request: AgentRequest,
  onActivity: OnActivity,
): Promise<AgentOutcome> => {
  const marker = { variable: sessionMarker, value: randomUUID() };
  const proof = await prove(credentials, request.purpose);
  if (request.signal.aborted) return { kind: "stopped", usage: null };
  if (proof.kind === "failed") return proof.outcome;
  const environment = environmentFor(request.environment, home, proof.variables, maxRetries);
  let session = emptyRecord;
  const { exit, errorOutput } = await runAgentProcess(
    {
      command,
      arguments: argumentsFor(request),
      directory: request.directory,
      environment: { ...environment, [marker.variable]: marker.value },
      sandbox,
      input: promptText(request.prompt),
      signal: request.signal,
      marker,
    },
    (line) => {
      const event = parseEvent(line);
      if (event === null) return "more";
      session = record(session, event);
      for (const activity of activityOf(event, request.directory)) onActivity(activity);
      return event.type === "result" ? "last" : "more";
    },
    limits,
  );
  return mapOutcome(session, exit, errorOutput, hintFor(credentials));
};
