import type { Leak } from "./leak.ts";
import { type SecretRule, secretRules } from "./secret-rules.ts";

/** What the rules of {@link secretRules} find. */
export const ownLeaksIn = (text: string): readonly Leak[] =>
  secretRules.flatMap((rule) =>
    [...text.matchAll(rule.pattern)]
      .filter((match) => isRandom(match.groups?.["value"] ?? match[0], rule))
      .map(({ index, 0: found }) => ({ rule: rule.name, start: index, end: index + found.length })),
  );

/** What keys are broken up by in files, programs and JSON: line breaks, quotes, plus signs between quotes. Spaces part words. */
const breaks = /\\[nrt]|["'`][ \t]{0,8}\+|(?:^|\n)[ \t>|#*]{0,40}|[\r\n"'`,;\\]/g;
const longRun = /[\w+/=-]{20,}/g;

/** As many different signs as chance makes of so many, digits among them: words and placeholders have not. */
const isRandom = (value: string, { shortest }: SecretRule): boolean => {
  const runs = value.replace(breaks, "").match(longRun) ?? [];
  return runs.some(
    (run) =>
      run.length >= shortest && /\d/.test(run) && hasManySigns(run) && !/example|placeholder/i.test(run),
  );
};

const hasManySigns = (run: string): boolean => new Set(run.slice(0, 64)).size >= 10;
