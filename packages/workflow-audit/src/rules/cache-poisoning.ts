import type { Rule } from "../finding.ts";
import { privilegedTriggers, publishes } from "../workflow/triggers.ts";
import { actionOf, allSteps, inputOf, type Step } from "../workflow/workflow.ts";

/** A cache may hold what a less trusted run put there; a run with rights, or one that publishes, takes nothing from it. */
export const cachePoisoning: Rule = {
  id: "cache-poisoning",
  check: (workflow) => {
    if (privilegedTriggers(workflow).length === 0 && !publishes(workflow)) return [];
    return allSteps(workflow)
      .filter(usesCache)
      .map(({ line, uses }) => ({
        line,
        message: `${uses?.text ?? "The step"} takes from a cache that other runs can write.`,
        fix: "Turn the cache off here, or move the work to a workflow without rights.",
      }));
  },
};

/** Input that turns the cache on, and whether it is on where nothing is said. */
const cachingInputs: ReadonlyMap<string, { readonly input: string; readonly byDefault: boolean }> = new Map([
  ["actions/setup-node", { input: "cache", byDefault: false }],
  ["actions/setup-python", { input: "cache", byDefault: false }],
  ["actions/setup-java", { input: "cache", byDefault: false }],
  ["actions/setup-dotnet", { input: "cache", byDefault: false }],
  ["actions/setup-go", { input: "cache", byDefault: true }],
  ["ruby/setup-ruby", { input: "bundler-cache", byDefault: false }],
  ["astral-sh/setup-uv", { input: "enable-cache", byDefault: true }],
  ["pnpm/action-setup", { input: "cache", byDefault: false }],
]);

const caches = [
  "actions/cache",
  "actions/cache/restore",
  "swatinem/rust-cache",
  "gradle/actions/setup-gradle",
];

const usesCache = (step: Step): boolean => {
  const action = actionOf(step) ?? "";
  if (caches.includes(action)) return true;
  const caching = cachingInputs.get(action);
  if (caching === undefined) return false;
  const value = inputOf(step, caching.input)?.text;
  return value === undefined ? caching.byDefault : value !== "" && value !== "false";
};
