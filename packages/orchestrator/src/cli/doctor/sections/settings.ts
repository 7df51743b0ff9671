import { describeSettings } from "../../../config/describe.ts";
import type { Source } from "../../../config/sources.ts";
import { notYetHere, refusals } from "../../../from-config.ts";
import type { LoadedConfig } from "../../load-config.ts";
import { type Finding, fromSetting, right, type Section, sentence, warning } from "../finding.ts";

/** The settings by themselves, before anything is done with them. It also works where they are wrong. */
export const settingsSection = (loaded: LoadedConfig): Section => {
  const { result } = loaded;
  const problems = result.ok ? refusals(result.config) : result.problems;
  const ignored = result.ok ? notYetHere(result.config) : [];
  return {
    title: "Settings",
    findings: [
      ...problems.map(fromSetting),
      ...(problems.length === 0 ? [right(whatIsGiven(loaded))] : []),
      ...result.warnings.map(namedWarning),
      ...ignored.map(({ setting, what, fix }) => warning(setting, sentence(what), fix)),
    ],
    notes: result.ok ? [] : [whereToSet, "The rest can be looked at once these are right."],
  };
};

const whereToSet =
  "Settings are read from the environment and from .env in the folder where you run this; docs/environment.md describes each.";

const whatIsGiven = ({ sources, parseOptions }: LoadedConfig): string => {
  const rows = describeSettings(sources, parseOptions);
  const from = (source: Source): number => rows.filter((row) => row.source === source).length;
  return `Settings that are given: ${from("environment")} in the environment, ${from(".env")} in .env`;
};

/** A warning begins with the name of its setting. */
const namedWarning = (text: string): Finding => {
  const [, subject = "settings", what = text] = /^([^\s:]+): (.*)$/s.exec(text) ?? [];
  return warning(subject, what);
};
