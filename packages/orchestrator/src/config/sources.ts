import { parseEnv } from "node:util";
import type { GivenSettings } from "./rules.ts";
import type { Setting } from "./setting.ts";
import { allSettings, type SettingName } from "./settings.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The two places that settings are read from, once, at start. */
export interface SettingSources {
  readonly environment: Variables;
  /** The parsed `.env`; empty when there is none. */
  readonly dotEnv: Variables;
}

export type Source = "environment" | ".env" | "default";

/**
 * The text of a `.env` file: `KEY=value`, quotes, `export`, comments, and values over several lines in
 * double quotes (a PEM), as Node reads them.
 */
export const readDotEnv = (text: string): Record<string, string> => {
  const variables: Record<string, string> = {};
  // Node's parser has no opinion of Windows' line ends and byte order mark: they would become part of a value.
  const parsed = parseEnv(text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"));
  for (const [name, value] of Object.entries(parsed)) if (value !== undefined) variables[name] = value;
  return variables;
};

/** The variables as one record: the environment beats `.env`, but an empty variable is an unset one. */
export const mergeSources = ({ environment, dotEnv }: SettingSources): Variables => ({
  ...dotEnv,
  ...Object.fromEntries(Object.entries(environment).filter(([, value]) => given(value) !== undefined)),
});

export const sourceOf = (name: SettingName, { environment, dotEnv }: SettingSources): Source => {
  if (given(environment[name]) !== undefined) return "environment";
  return given(dotEnv[name]) === undefined ? "default" : ".env";
};

/** What was really given. Empty is unset, and so is white space. */
export const givenSettings = (variables: Variables): GivenSettings => {
  const found: Partial<Record<SettingName, string>> = {};
  for (const { name } of allSettings) {
    const value = given(variables[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
};

const given = (value: string | undefined): string | undefined => {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
};

export interface ParseOptions {
  readonly production: boolean;
  /** Standard output is a terminal. */
  readonly interactive: boolean;
}

/** The text that counts: given, or the default; `null` where there is neither. */
export const effectiveText = (
  name: SettingName,
  setting: Setting<unknown>,
  settings: GivenSettings,
  options: ParseOptions,
): string | null =>
  settings[name] ?? setting.default?.of({ ...options, port: settings.PORT ?? "8080" }) ?? null;
