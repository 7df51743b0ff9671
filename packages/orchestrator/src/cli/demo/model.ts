/** Settings of the person that reach the demo: the model's, and nothing that points anywhere else. */
const modelSettings = [
  "AGENT",
  "AGENT_COMMAND",
  "AGENT_MODEL",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_BASE_URL",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "MODEL_PRICES",
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Who does the demo's work. */
export interface DemoModel {
  readonly settings: Environment;
  /** True: there is no credential for the agent, so a scripted one rehearses. */
  readonly rehearsal: boolean;
  /** The agent as people call it. */
  readonly agent: string;
  /** What has to be set to see it. */
  readonly credential: string;
}

/** @throws Error that names the setting, where the demo could not keep its word about what it costs at most */
export const demoModelOf = (environment: Environment): DemoModel => {
  const settings = Object.fromEntries(modelSettings.map((name) => [name, environment[name]]));
  const isCodex = settings["AGENT"] === "codex";
  if (!isCodex) {
    const rehearsal = !settings["ANTHROPIC_API_KEY"] && !settings["CLAUDE_CODE_OAUTH_TOKEN"];
    return { settings, rehearsal, agent: "Claude Code", credential: "ANTHROPIC_API_KEY" };
  }
  const rehearsal = !settings["OPENAI_API_KEY"];
  if (!rehearsal && !settings["MODEL_PRICES"])
    throw new Error(
      "The demo spends at most $1 a run, and knows no price of OpenAI's models: set MODEL_PRICES (docs/agents.md), or unset OPENAI_API_KEY for a rehearsal.",
    );
  return { settings, rehearsal, agent: "Codex", credential: "OPENAI_API_KEY and MODEL_PRICES" };
};
