import type { AgentRequest } from "../agent.ts";
import { keyVariable } from "./environment.ts";

/** What the CLI's own sandbox permits to the commands of the model. */
export type SandboxMode = "read-only" | "danger-full-access";

export interface Invocation {
  readonly request: Pick<AgentRequest, "model" | "resume">;
  readonly sandboxMode: SandboxMode;
  /** OpenAI's API, or what stands before it; `/responses` is appended by the CLI. */
  readonly baseUrl: string;
  /** Retries of one failed request, and of one broken answer, by the CLI. */
  readonly maxRetries: number;
  /** Where the JSON schema of the answer is, when one is asked for. */
  readonly schemaFile: string | null;
}

/** What reaches beyond the session: accounts, plug-ins, browsers, other agents, programs that the repository names. */
const disabledFeatures = [
  "api_key_model_discovery",
  "apps",
  "browser_use",
  "browser_use_external",
  "computer_use",
  "enable_request_compression",
  "goals",
  "hooks",
  "image_generation",
  "in_app_browser",
  "multi_agent",
  "plugin_sharing",
  "plugins",
  "remote_plugin",
  "shell_snapshot",
  "skill_mcp_dependency_install",
  "tool_suggest",
  "unbounded_connection_retries",
  "workspace_dependencies",
];

/**
 * The CLI's arguments (0.169.0). Every value is joined to its option or key, so that none, such as a model named by a
 * target repository, can be read as another option.
 *
 * - `--strict-config`: a version that does not know one of these settings refuses to start, rather than to ignore it.
 * - Neither the home's nor the repository's settings, rules, hooks, MCP servers, skills and `AGENTS.md` count (§11.5):
 *   what a repository has to say to its agents, it says in `WORKFLOW.md`. The project is never marked as trusted.
 * - `read-only` is enforced by the CLI's own sandbox, which takes the network away as well. What may edit runs without
 *   it: the runner's own sandbox is around it, and tests need a network.
 */
export const argumentsFor = ({
  request,
  sandboxMode,
  baseUrl,
  maxRetries,
  schemaFile,
}: Invocation): readonly string[] => [
  "exec",
  ...(request.resume === undefined ? [] : ["resume"]),
  "--json",
  "--strict-config",
  "--ignore-user-config",
  "--ignore-rules",
  "--skip-git-repo-check",
  ...settings(sandboxMode, baseUrl, maxRetries).map((setting) => `--config=${setting}`),
  ...disabledFeatures.map((feature) => `--disable=${feature}`),
  `--model=${request.model}`,
  ...(schemaFile === null ? [] : [`--output-schema=${schemaFile}`]),
  ...(request.resume === undefined ? [] : [request.resume]),
  // The prompt comes on the standard input.
  "-",
];

/** The program as which the CLI's sandbox can be tried out: `arguments` run as a read-only session's commands do. */
export const sandboxArguments = (program: readonly string[]): readonly string[] => [
  "sandbox",
  `--config=${modeSetting("read-only")}`,
  "--",
  ...program,
];

const settings = (mode: SandboxMode, baseUrl: string, maxRetries: number): readonly string[] => [
  'model_provider="runner"',
  `model_providers.runner={${provider(baseUrl, maxRetries)}}`,
  modeSetting(mode),
  'approval_policy="never"',
  `shell_environment_policy={inherit="all",exclude=["${keyVariable}"]}`,
  "allow_login_shell=false",
  "agents.enabled=false",
  "project_doc_max_bytes=0",
  "skills.bundled.enabled=false",
  "skills.include_instructions=false",
  'web_search="disabled"',
  'history.persistence="none"',
  "analytics.enabled=false",
  "check_for_update_on_startup=false",
];

const provider = (baseUrl: string, maxRetries: number): string =>
  [
    'name="OpenAI"',
    `base_url=${tomlString(baseUrl)}`,
    'wire_api="responses"',
    `env_key="${keyVariable}"`,
    `request_max_retries=${maxRetries}`,
    `stream_max_retries=${maxRetries}`,
    "supports_websockets=false",
  ].join(",");

const modeSetting = (mode: SandboxMode): string => `sandbox_mode="${mode}"`;

/** A basic string of TOML has JSON's escapes. */
const tomlString = (text: string): string => JSON.stringify(text);
