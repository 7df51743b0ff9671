import { join } from "node:path";
import type { AwsSession } from "../../aws/assume-role.ts";
import type { AwsSessions } from "../../aws/aws-sessions.ts";

export interface AnthropicCredentials {
  readonly provider: "anthropic";
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Wins when both are set (§4.1). */
  readonly oauthToken?: string | undefined;
}

export interface BedrockCredentials {
  readonly provider: "bedrock";
  readonly region: string;
  readonly roleArn: string;
  readonly sessions: AwsSessions;
}

/** The model proxy signs: the CLI gets no key of AWS (§11.3). */
export interface ProxiedBedrockCredentials extends Omit<BedrockCredentials, "provider"> {
  readonly provider: "bedrock-proxied";
  /** Of the proxy, with the run's token in its path. */
  readonly url: string;
}

/** How the CLI's sessions prove themselves to the model's provider. */
export type Credentials = AnthropicCredentials | BedrockCredentials | ProxiedBedrockCredentials;

/** A variable that every process of a session inherits: what it leaves behind is found by it. */
export const sessionMarker = "AI_IMPLEMENT_AGENT_SESSION";

/** Retries of the CLI itself, about eight seconds in all; a longer trouble is the orchestrator's to wait out (§15). */
const defaultRetries = 4;

/** What the CLI needs beside the allow-list of the request. Nothing is inherited (§11.3). */
export const environmentFor = (
  allowed: Readonly<Record<string, string>>,
  home: string,
  credentials: Readonly<Record<string, string>>,
  maxRetries: number = defaultRetries,
): Readonly<Record<string, string>> => ({
  ...allowed,
  ...homeVariables(home),
  ...credentials,
  CLAUDE_CODE_MAX_RETRIES: String(maxRetries),
  // A ticket that says `@/etc/passwd` would have that file read into the conversation, past every permission.
  CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  // It would write the state of the work tree into the system prompt: another one at every resume, so that nothing that
  // the session has sent before is found in the provider's cache. And how to commit is none of the agent's business.
  CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS: "1",
});

/** Enough to ask for the version. */
export const homeVariables = (home: string): Readonly<Record<string, string>> => ({
  HOME: home,
  CLAUDE_CONFIG_DIR: join(home, ".claude"),
  CLAUDE_CODE_TMPDIR: join(home, "tmp"),
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_BUG_COMMAND: "1",
});

export const anthropicVariables = ({
  baseUrl,
  apiKey,
  oauthToken,
}: AnthropicCredentials): Readonly<Record<string, string>> => ({
  ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
  ...(oauthToken !== undefined
    ? { CLAUDE_CODE_OAUTH_TOKEN: oauthToken }
    : apiKey !== undefined
      ? { ANTHROPIC_API_KEY: apiKey }
      : {}),
});

export const bedrockVariables = (
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsSession,
): Readonly<Record<string, string>> => ({
  CLAUDE_CODE_USE_BEDROCK: "1",
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

export const proxiedBedrockVariables = ({
  region,
  url,
}: ProxiedBedrockCredentials): Readonly<Record<string, string>> => ({
  CLAUDE_CODE_USE_BEDROCK: "1",
  CLAUDE_CODE_SKIP_BEDROCK_AUTH: "1",
  ANTHROPIC_BEDROCK_BASE_URL: url,
  AWS_REGION: region,
});
