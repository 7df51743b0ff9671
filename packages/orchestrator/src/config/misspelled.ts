import { allSettings, type SettingName } from "./settings.ts";

const ourPrefixes = [
  "GITHUB_APP_",
  "LINEAR_",
  "JIRA_",
  "FLY_SESSIONS_",
  "RUNNER_",
  "REAPER_",
  "AI_IMPLEMENT_",
] as const;

/**
 * Variables with a prefix of ours that are somebody else's: those of a GitHub Actions job
 * (docs.github.com, "Variables reference").
 */
const notOurs: ReadonlySet<string> = new Set([
  "RUNNER_ARCH",
  "RUNNER_DEBUG",
  "RUNNER_ENVIRONMENT",
  "RUNNER_NAME",
  "RUNNER_OS",
  "RUNNER_PERFLOG",
  "RUNNER_TEMP",
  "RUNNER_TOOL_CACHE",
  "RUNNER_TRACKING_ID",
  "RUNNER_USER",
  "RUNNER_WORKSPACE",
]);

/** A warning for every unknown variable that was probably meant to be a setting. */
export const misspellings = (variables: readonly string[]): readonly string[] => {
  const known: ReadonlySet<string> = new Set(allSettings.map(({ name }) => name));
  return variables
    .filter((variable) => !known.has(variable) && !notOurs.has(variable))
    .flatMap((variable) => {
      const nearest = nearestSetting(variable);
      const isClose = nearest.distance <= tolerance(variable);
      return isClose || ourPrefixes.some((prefix) => variable.startsWith(prefix))
        ? [`${variable}: it is not a setting and has no effect. The nearest one is ${nearest.name}.`]
        : [];
    });
};

/** In a short name two letters are too much: `HOST` is not a misspelt `PORT`. */
const tolerance = (variable: string): number => (variable.length < 6 ? 1 : 2);

const nearestSetting = (variable: string): { readonly name: SettingName; readonly distance: number } =>
  allSettings
    .map(({ name }) => ({ name, distance: editDistance(variable.toUpperCase(), name) }))
    .reduce((best, candidate) => (candidate.distance < best.distance ? candidate : best));

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
const editDistance = (from: string, to: string): number => {
  // Past the longest name by more than the tolerance nothing is near, however long it is.
  const a = from.slice(0, 64);
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = a[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === to[column - 2] && a[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
};

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
