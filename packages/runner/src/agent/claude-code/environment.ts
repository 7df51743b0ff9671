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

/** How the CLI's sessions prove themselves to the model's provider. */
export type Credentials = AnthropicCredentials | BedrockCredentials;

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
