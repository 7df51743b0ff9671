import picomatch from "picomatch";
import { approvalRules } from "./approval-rules.ts";
import { type ChangedEntry, isGone } from "./change.ts";
import type { Finding, Rule } from "./findings.ts";
import { canonicalPath, oddityOf } from "./path-rules.ts";

/** What can be said of a file by its name and mode alone. */
export type PathRules = (entry: ChangedEntry) => readonly Finding[];

interface Matcher {
  readonly rule: Rule;
  readonly what: string;
  readonly isMatch: (path: string) => boolean;
}

/** @param protectedPaths globs of the project; one that cannot be read protects everything */
export const createPathRules = (protectedPaths: readonly string[]): PathRules => {
  const matchers: readonly Matcher[] = [
    ...approvalRules.map(({ rule, what, patterns }) => ({ rule, what, isMatch: matcherOf(patterns) })),
    {
      rule: "protected-path",
      what: "is among the project's protectedPaths",
      isMatch: matcherOf(protectedPaths),
    },
  ];
  return (entry) => [...modeFindings(entry), ...nameFindings(entry, matchers)];
};

/** In any case and with dot files. A folder's own name stands for what is in it. */
const matcherOf = (patterns: readonly string[]): ((path: string) => boolean) => {
  const options = { dot: true, nocase: true };
  const matchers = patterns.map((pattern) => {
    const plain = pattern.replace(/^\.?\//, "").replace(/\/+$/, "");
    return picomatch([plain, `${plain}/**`], options);
  });
  return (path) => matchers.some((isMatch) => isMatch(path) || isMatch(canonicalPath(path)));
};

const modeFindings = ({ path, oldMode, newMode }: ChangedEntry): readonly Finding[] => {
  if ([oldMode, newMode].includes("160000"))
    return [{ path, rule: "submodule", what: "is a submodule: change it by hand" }];
  if (newMode === "120000")
    return [{ path, rule: "symbolic-link", what: "is a symbolic link, which may lead anywhere" }];
  return [];
};

const nameFindings = (entry: ChangedEntry, matchers: readonly Matcher[]): readonly Finding[] => {
  const { path } = entry;
  // To take an odd name away is to mend it.
  const oddity = isGone(entry) ? null : oddityOf(path);
  return [
    ...(oddity === null ? [] : [{ path, rule: "unusual-name", what: oddity } as const]),
    ...matchers.filter(({ isMatch }) => isMatch(path)).map(({ rule, what }) => ({ path, rule, what })),
  ];
};
