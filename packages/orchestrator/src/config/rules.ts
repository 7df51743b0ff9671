import type { SettingProblem } from "./problem.ts";
import type { SettingName } from "./settings.ts";

/** The settings that have a value of their own, as text. */
export type GivenSettings = Readonly<Partial<Record<SettingName, string>>>;

const publicUrl: SettingName = "RUNNER_CALLBACK_BASE_URL";

/**
 * What must be set together (§4.1). It looks at what was given, not at what could be parsed: a malformed
 * value is one problem, and does not make another of the settings that go with it.
 */
export const problemsBetweenSettings = (given: GivenSettings): readonly SettingProblem[] => [
  ...allOrNone(given, ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"], "a GitHub App is both"),
  ...allOrNone(given, ["JIRA_TOKEN", "JIRA_CLOUD_ID", "JIRA_SITE_URL"], "Jira needs all three"),
  ...withoutForge(given),
  ...withoutTracker(given),
  ...needed(given, ["RUNNER_TOKEN_SECRET"], given[publicUrl] !== undefined, `${publicUrl} is set`),
  ...neededByMode(given),
  ...unusableEngine(given),
];

const allOrNone = (
  given: GivenSettings,
  names: readonly SettingName[],
  why: string,
): readonly SettingProblem[] => {
  const present = names.filter((name) => given[name] !== undefined);
  return needed(given, names, present.length > 0, `${present.join(" and ")} is set, and ${why}`);
};

const withoutForge = (given: GivenSettings): readonly SettingProblem[] =>
  given.GITHUB_APP_ID === undefined &&
  given.GITHUB_APP_PRIVATE_KEY === undefined &&
  given.LOCAL_FORGE_DIR === undefined
    ? [
        {
          setting: "GITHUB_APP_ID",
          what: "no code host is configured",
          fix: "Set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, or LOCAL_FORGE_DIR for local repositories.",
        },
      ]
    : [];

const withoutTracker = (given: GivenSettings): readonly SettingProblem[] =>
  (["LINEAR_API_KEY", "JIRA_TOKEN", "JIRA_CLOUD_ID", "JIRA_SITE_URL", "TICKETS_DIR"] as const).every(
    (name) => given[name] === undefined,
  )
    ? [
        {
          setting: "LINEAR_API_KEY",
          what: "no tracker is configured",
          fix: "Set LINEAR_API_KEY, or JIRA_TOKEN with JIRA_CLOUD_ID and JIRA_SITE_URL, or TICKETS_DIR for a folder of tickets.",
        },
      ]
    : [];

const neededByMode = (given: GivenSettings): readonly SettingProblem[] => {
  const why = `RUNNER_MODE is ${given.RUNNER_MODE}`;
  switch (given.RUNNER_MODE) {
    case "fly":
    case "shadow":
      return needed(given, ["FLY_SESSIONS_APP", "FLY_SESSIONS_TOKEN", publicUrl], true, why);
    case "local":
      return needed(given, ["LOCAL_RUNNER_IMAGE", publicUrl], true, why);
    default:
      return [];
  }
};

const needed = (
  given: GivenSettings,
  names: readonly SettingName[],
  when: boolean,
  why: string,
): readonly SettingProblem[] =>
  when
    ? names
        .filter((name) => given[name] === undefined)
        .map((name) => ({ setting: name, what: `it is missing, while ${why}`, fix: `Set ${name}.` }))
    : [];

/** The name is Docker's own, and may be set for other reasons: it only matters where something runs in containers. */
const unusableEngine = ({ DOCKER_HOST, LOCAL_RUNNER_IMAGE }: GivenSettings): readonly SettingProblem[] =>
  LOCAL_RUNNER_IMAGE === undefined || DOCKER_HOST === undefined || engineAddress.test(DOCKER_HOST)
    ? []
    : [
        {
          setting: "DOCKER_HOST",
          what: "it is neither unix:///path nor tcp://host:port, while LOCAL_RUNNER_IMAGE is set",
          fix: "Name the engine's socket on this machine; one behind ssh or TLS can be forwarded to such a socket.",
        },
      ];

const engineAddress = /^(?:unix:\/\/\/.+|tcp:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}\/?)$/;
