import { join } from "node:path";

export interface Credentials {
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Wins when both are set (§4.1). */
  readonly oauthToken?: string | undefined;
}

/** A variable that every process of a session inherits: what it leaves behind is found by it. */
export const sessionMarker = "AI_IMPLEMENT_AGENT_SESSION";

/** Retries of the CLI itself, about eight seconds in all; a longer trouble is the orchestrator's to wait out (§15). */
const defaultRetries = 4;

/** What the CLI needs beside the allow-list of the request. Nothing is inherited (§11.3). */
export const environmentFor = (
  allowed: Readonly<Record<string, string>>,
  home: string,
  credentials: Credentials,
  maxRetries: number = defaultRetries,
): Readonly<Record<string, string>> => ({
  ...allowed,
  ...homeVariables(home),
  ...credentialVariables(credentials),
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

const credentialVariables = ({ baseUrl, apiKey, oauthToken }: Credentials): Record<string, string> => ({
  ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
  ...(oauthToken !== undefined
    ? { CLAUDE_CODE_OAUTH_TOKEN: oauthToken }
    : apiKey !== undefined
      ? { ANTHROPIC_API_KEY: apiKey }
      : {}),
});
