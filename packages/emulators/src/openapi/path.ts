import type { OpenApiPath } from "./document.ts";

export interface MatchedPath {
  readonly path: OpenApiPath;
  /** Decoded values of the template's placeholders. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The described paths that a request's path may stand for: those with the fewest placeholders. */
export const matchPath = (paths: readonly OpenApiPath[], requested: string): readonly MatchedPath[] => {
  const steps = requested.split("/");
  const matches = paths.flatMap((path) => {
    const pathParameters = parametersOf(path.template.split("/"), steps);
    return pathParameters === null ? [] : [{ path, pathParameters }];
  });
  const placeholders = ({ pathParameters }: MatchedPath): number => Object.keys(pathParameters).length;
  const fewest = Math.min(...matches.map(placeholders));
  return matches.filter((match) => placeholders(match) === fewest);
};

const parametersOf = (
  template: readonly string[],
  steps: readonly string[],
): Record<string, string> | null => {
  if (template.length !== steps.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of template.entries()) {
    const step = steps[index] ?? "";
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name === undefined) {
      if (expected !== step) return null;
      continue;
    }
    const value = decoded(step);
    if (value === null || value === "") return null;
    parameters[name] = value;
  }
  return parameters;
};

const decoded = (step: string): string | null => {
  try {
    return decodeURIComponent(step);
  } catch {
    // A broken escape names nothing.
    return null;
  }
};
