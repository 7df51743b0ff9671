import type { JobState } from "../job-state.ts";

/** All that a process of a step sees, but for the step's own environment files. */
export const processEnvironment = (
  state: JobState,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const { path, environment: machine } = state.run.machine;
  const merged = { HOME: state.directories.home, CI: "true", ...machine, PATH: path, ...environment };
  return { ...merged, ...state.reserved, PATH: [...state.addedPath, merged.PATH].join(":") };
};
