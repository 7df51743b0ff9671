import { redact } from "../core/redact.ts";
import { allSettings, type SettingName } from "./settings.ts";
import {
  effectiveText,
  givenSettings,
  mergeSources,
  type ParseOptions,
  type SettingSources,
  type Source,
  sourceOf,
} from "./sources.ts";

/** One setting as `ai-implement config` shows it. */
export interface SettingRow {
  readonly name: SettingName;
  /** Redacted; `null` where there is neither value nor default. */
  readonly value: string | null;
  readonly source: Source;
  readonly meaning: string;
}

/** The effective settings and where each came from (§4). It also works where they are wrong. */
export const describeSettings = (sources: SettingSources, options: ParseOptions): readonly SettingRow[] => {
  const given = givenSettings(mergeSources(sources));
  return allSettings.map(({ name, setting }) => {
    const text = effectiveText(name, setting, given, options);
    return {
      name,
      value: text === null ? null : setting.secret ? "[redacted]" : redact(text, []),
      source: sourceOf(name, sources),
      meaning: setting.meaning.replaceAll("`", ""),
    };
  });
};
