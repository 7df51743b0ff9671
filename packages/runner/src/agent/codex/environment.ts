/** Holds the credential for the CLI alone: its commands are started without it. */
export const keyVariable = "AI_IMPLEMENT_MODEL_KEY";

export interface CodexSurroundings {
  readonly home: string;
  /** The conversation's own settings and records. */
  readonly codexHome: string;
  /** Null: no model is asked. */
  readonly apiKey: string | null;
}

/** What the CLI needs beside the allow-list of the request. Nothing is inherited (§11.3). */
export const environmentFor = (
  allowed: Readonly<Record<string, string>>,
  { home, codexHome, apiKey }: CodexSurroundings,
): Readonly<Record<string, string>> => ({
  ...allowed,
  HOME: home,
  CODEX_HOME: codexHome,
  ...(apiKey === null ? {} : { [keyVariable]: apiKey }),
});
