import { misspellings } from "./config/misspelled.ts";
import { problemSentence, type SettingProblem } from "./config/problem.ts";
import { type GivenSettings, problemsBetweenSettings } from "./config/rules.ts";
import type { Setting } from "./config/setting.ts";
import { agentSettings } from "./config/settings/runs.ts";
import { allSettings, type SettingName, type SettingValues } from "./config/settings.ts";
import { effectiveText, givenSettings, type ParseOptions, type Variables } from "./config/sources.ts";
import { type Config, toAgentConfig, toConfig } from "./config/to-config.ts";
import { redact } from "./core/redact.ts";

export type { Config } from "./config/to-config.ts";

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly problems: readonly SettingProblem[];
      readonly warnings: readonly string[];
    };

/** Below this a tracker's rate limit is soon used up, in ms (§4.1). */
const hastyPollMs = 10_000;

/**
 * The environment as a typed, frozen value, or every problem in it (§4). A problem names the setting, what
 * is wrong with its value, and the fix; it never shows a secret.
 */
export const parseConfig = (env: Variables, options: ParseOptions): ConfigResult => {
  const given = givenSettings(env);
  const { values, problems } = parseValues(allSettings, given, options);
  const allProblems = [...problems, ...problemsBetweenSettings(given)];
  const warnings = [...misspellings(Object.keys(env)), ...hastyPoll(values.POLL_INTERVAL_MS)];
  return isComplete(values) && allProblems.length === 0
    ? { ok: true, config: toConfig(values, (name) => given[name] !== undefined), warnings }
    : { ok: false, problems: allProblems, warnings };
};

export type AgentConfigResult =
  | { readonly ok: true; readonly agent: Config["agent"] }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** The agent's settings alone (`ai-implement run`): the rest may be missing or wrong. */
export const parseAgentConfig = (env: Variables, options: ParseOptions): AgentConfigResult => {
  const { values, problems } = parseValues(agentRows, givenSettings(env), options);
  return hasAgent(values) && problems.length === 0
    ? { ok: true, agent: toAgentConfig(values) }
    : { ok: false, problems };
};

/** Every problem in one message, for standard error. A misspelt setting is often why another one is missing. */
export const describeProblems = (
  problems: readonly SettingProblem[],
  warnings: readonly string[] = [],
): string =>
  [
    `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:`,
    ...problems.map((problem) => `  - ${problemSentence(problem)}`),
    ...warnings.map((warning) => `  ! ${warning}`),
    "docs/environment.md describes every setting; `ai-implement config` shows what is in effect.",
  ].join("\n");

/**
 * Every configured secret as logs must not show it (§11.10). The text as given is among them, malformed
 * settings included.
 */
export const secretsIn = (env: Variables): readonly string[] => {
  const given = givenSettings(env);
  return allSettings.flatMap(({ name, setting }) => {
    const value = given[name];
    return setting.secret && value !== undefined ? [value] : [];
  });
};

type PartialValues = Partial<Record<SettingName, unknown>>;

const parseValues = (
  rows: typeof allSettings,
  given: GivenSettings,
  options: ParseOptions,
): { readonly values: PartialValues; readonly problems: readonly SettingProblem[] } => {
  const values: PartialValues = {};
  const problems: SettingProblem[] = [];
  for (const { name, setting } of rows) {
    const text = effectiveText(name, setting, given, options);
    const parsed = text === null ? ({ ok: true, value: null } as const) : setting.kind.parse(text);
    if (parsed.ok) values[name] = parsed.value;
    // A default that is made of another setting fails only because of that one, which is named itself.
    else if (given[name] !== undefined)
      problems.push({
        setting: name,
        what: `${shown(text ?? "", setting)} ${parsed.problem}`,
        fix: setting.kind.fix,
      });
  }
  return { values, problems };
};

/** The table's own types say what each kind makes of its text; here it only remains to see that none is missing. */
const isComplete = (values: PartialValues): values is SettingValues =>
  allSettings.every(({ name }) => name in values);

const agentRows = allSettings.filter(({ name }) => name in agentSettings);

const hasAgent = (
  values: PartialValues,
): values is PartialValues & Pick<SettingValues, keyof typeof agentSettings> =>
  agentRows.every(({ name }) => name in values);

/** A value that a person can recognise. One pasted into the wrong setting may still be a secret. */
const shown = (text: string, setting: Setting<unknown>): string =>
  setting.secret ? "its value (not shown)" : JSON.stringify(redact(text, []).slice(0, 80));

const hastyPoll = (pollIntervalMs: unknown): readonly string[] =>
  typeof pollIntervalMs === "number" && pollIntervalMs < hastyPollMs
    ? [
        `POLL_INTERVAL_MS: ${pollIntervalMs} ms between polls may use up a tracker's rate limit. Use ${hastyPollMs} or more.`,
      ]
    : [];
