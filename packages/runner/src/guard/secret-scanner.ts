import { extname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { Leak } from "./leak.ts";
import { ownLeaksIn } from "./own-rules.ts";

const prefix = "@secretlint/secretlint-rule-";

/** With it, a comment in a file could say that the file is not to be looked at. */
const obeysComments = `${prefix}filter-comments`;

const configuration = {
  rules: rules.filter(({ meta }) => meta.id !== obeysComments).map((rule) => ({ id: rule.meta.id, rule })),
};

const timeoutMs = 30_000;

/**
 * Some of the scanner's patterns take time with the square of a text that is made for it: a large one is looked at in windows, in
 * UTF-16 code units, that overlap by more than any credential is long.
 */
const window = 64 * 1024;
const overlap = 8 * 1024;

/**
 * secretlint's recommended rules and our own. About 20 ms for a megabyte; the process does other things between two windows.
 * @param path says to the rules what kind of file it is; it is not opened
 * @throws Error when the scanner fails or takes longer than 30 s: then nothing is known of the text
 */
export const scanForLeaks = async (text: string, path: string): Promise<readonly Leak[]> => {
  const name = plainName(path);
  const endsAt = performance.now() + timeoutMs;
  const leaks: Leak[] = [];
  for (let start = 0; start === 0 || start + overlap < text.length; start += window - overlap) {
    if (performance.now() > endsAt) throw tooSlow();
    const part = text.slice(start, start + window);
    const found = [...(await within(scanWindow(part, name))), ...ownLeaksIn(part)];
    leaks.push(...found.map((leak) => ({ ...leak, start: leak.start + start, end: leak.end + start })));
    await setImmediate();
  }
  return leaks;
};

const scanWindow = async (text: string, name: string): Promise<readonly Leak[]> => {
  const { messages } = await lintSource({
    source: { content: text, contentType: "text", filePath: name, ext: extname(name) },
    options: { config: configuration, noPhysicFilePath: true, locale: "en" },
  });
  await forgetTimes();
  return messages
    .map(({ ruleId, range: [start, end] }) => ({
      rule: ruleId.startsWith(prefix) ? ruleId.slice(prefix.length) : ruleId,
      start,
      end,
    }))
    .filter(({ rule, start, end }) => rule !== "npm" || !npmWords.test(text.slice(start, end)));
};

/** The scanner keeps a clock of its own, and looks through all that it ever measured at each scan. */
const forgetTimes = async (): Promise<void> => {
  for (const kept of [await secretLintProfiler.getEntries(), await secretLintProfiler.getMeasures()])
    kept.length = 0;
};

/** A name made of words, such as `npm_i_save_dev_…` in translations: tokens have no underscore but their first. */
const npmWords = /^npm_[A-Za-z0-9]*_/;

const tooSlow = (): Error => new Error("the secret scanner did not end in time");

/** The scanner makes marks of the name for its own clock, and one with a line break in it ends the whole process. */
const plainName = (path: string): string =>
  `/${path
    .replace(/^.*\//s, "")
    .replace(/[^\w.-]/g, "_")
    .slice(-100)}`;

const within = async <Value>(work: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
