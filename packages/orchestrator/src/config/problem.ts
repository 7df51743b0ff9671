import type { SettingName } from "./settings.ts";

/** Something about a setting that a person has to mend. It never shows a secret. */
export interface SettingProblem {
  readonly setting: SettingName;
  /** A clause without its full stop: `it is missing, while RUNNER_MODE is fly`. */
  readonly what: string;
  /** One or more sentences. */
  readonly fix: string;
}

export const problemSentence = ({ setting, what, fix }: SettingProblem): string =>
  `${setting}: ${what}. ${fix}`;
