import type { Setting, ValueOf } from "./setting.ts";
import { forgeSettings } from "./settings/forges.ts";
import { agentSettings, runSettings } from "./settings/runs.ts";
import { notificationSettings, reaperSettings, serviceSettings } from "./settings/service.ts";
import { trackerSettings } from "./settings/trackers.ts";

/**
 * The one table of the service's settings (§4.1). Parsing, `.env.example`, `ai-implement config` and
 * `docs/environment.md` all come from it.
 */
const settings = {
  ...forgeSettings,
  ...trackerSettings,
  ...serviceSettings,
  ...runSettings,
  ...agentSettings,
  ...notificationSettings,
  ...reaperSettings,
};

export type SettingName = keyof typeof settings;

/** Every setting's parsed value, by the name of its variable. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> };

interface NamedSetting {
  readonly name: SettingName;
  readonly setting: Setting<unknown>;
}

interface Section {
  readonly title: string;
  readonly settings: readonly NamedSetting[];
}

const section = (title: string, group: Partial<Record<SettingName, Setting<unknown>>>): Section => ({
  title,
  settings: Object.entries(group).map(([name, setting]) => ({ name: name as SettingName, setting })),
});

/** The table in the order in which people read it. */
export const sections: readonly Section[] = [
  section("Code hosts", forgeSettings),
  section("Trackers: at least one", trackerSettings),
  section("The service", serviceSettings),
  section("Runs", runSettings),
  section("The agent", agentSettings),
  section("Notifications", notificationSettings),
  section("The reaper", reaperSettings),
];

export const allSettings: readonly NamedSetting[] = sections.flatMap((group) => group.settings);
