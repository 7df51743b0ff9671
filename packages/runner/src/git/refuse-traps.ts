import { StepFailure } from "../pipeline/step-failure.ts";
import { runCommand, succeeded } from "../process/run-command.ts";
import { inCheckout, type Place } from "./checkout-place.ts";
import type { Git } from "./git.ts";

const timeoutMs = 2 * 60_000;

interface SearchedPlace extends Place {
  /** Folders inside of it that are not part of the work, relative to it. */
  readonly excluded: readonly string[];
}

/**
 * What would keep git waiting for ever, or make it read or write for as long as memory and disk last: a pipe where it reads
 * rules, rules of gigabytes, repositories inside of ours (whose state it reads from files that may be pipes, devices or links
 * to them), and files far larger than any forge takes. What `.gitignore` names is nobody's concern.
 * @throws StepFailure
 */
export const refuseTraps = async (git: Git, place: SearchedPlace): Promise<void> => {
  const rules = ["(", "-name", ".gitignore", "-o", "-name", ".gitattributes", ")"];
  // A megabyte of rules, and a hundred of anything else, which is where GitHub draws the line.
  const special = [
    "(",
    "-type",
    "p",
    "-o",
    "-type",
    "s",
    "-o",
    "-type",
    "b",
    "-o",
    "-type",
    "c",
    "-o",
    "-size",
    "+1024k",
    ")",
  ];
  const trap = [...rules, "!", "-type", "d", ...special, "-printf", "rules %P\\0"];
  const large = ["-type", "f", "-size", "+100M", "-printf", "large %P\\0"];
  // The agent's own one is never opened.
  const skipped = ["./.git", ...place.excluded.map((path) => `./${path.replace(/[*?[\]\\]/g, "\\$&")}`)];
  const own = ["(", ...skipped.flatMap((path) => ["-o", "-path", path]).slice(1), ")", "-prune"];
  // A folder by that name without a HEAD is no repository, and nothing else in it is read.
  const nested = ["-path", "*/.git/HEAD", "-o", "-name", ".git", "!", "-type", "d"];
  const inner = ["(", ...nested, ")", "-printf", "inner %h\\0"];
  // Not below those two of a real repository, where there may be a great deal.
  const deep = ["(", "-path", "*/.git/objects", "-o", "-path", "*/.git/refs", ")", "-prune"];
  const found = await runCommand({
    command: "find",
    arguments: [".", "-xdev", ...own, "-o", ...deep, "-o", ...inner, "-o", ...trap, "-o", ...large],
    directory: place.directory,
    environment: { PATH: git.path, LANG: "C.UTF-8" },
    timeoutMs,
    signal: git.signal,
    maxOutput: 1024 * 1024,
    keep: "head",
  });
  if (!succeeded(found))
    throw new Error(`the work could not be looked through: ${found.stderr.slice(0, 1_000)}`);
  if (found.truncated)
    throw new StepFailure(
      "guard",
      "The checkout has more large files and inner repositories than can be looked through: remove them.",
    );
  const entries = found.stdout.split("\0").filter(Boolean);
  const rule = entries.find((entry) => entry.startsWith("rules "));
  if (rule !== undefined)
    throw new StepFailure(
      "guard",
      `"${rule.slice("rules ".length)}" is a pipe, a device or larger than 1 MB, where git reads its rules from: remove it.`,
    );
  const inners = namesOf(entries, "inner ").map((name) => name.replace(/^\.\/|\/\.git$/g, ""));
  const larges = namesOf(entries, "large ");
  const ignored = await ignoredOf(git, place, [...inners, ...larges]);
  const repository = inners.find((name) => !ignored.has(name));
  if (repository !== undefined) throw nestedRepository(repository);
  const tooLarge = larges.find((name) => !ignored.has(name));
  if (tooLarge !== undefined)
    throw new StepFailure(
      "guard",
      `"${tooLarge}" has more than 100 MB, which no forge takes: keep it out of the repository, for example with .gitignore.`,
    );
};

export const nestedRepository = (path: string): StepFailure =>
  new StepFailure(
    "guard",
    `"${path}" became a git repository of its own inside the checkout. Submodule changes are not published: remove it, or make the change by hand.`,
  );

const namesOf = (entries: readonly string[], kind: string): readonly string[] =>
  entries.filter((entry) => entry.startsWith(kind)).map((entry) => entry.slice(kind.length));

const ignoredOf = async (git: Git, place: Place, names: readonly string[]): Promise<ReadonlySet<string>> => {
  if (names.length === 0) return new Set();
  const { stdout } = await git.attempt([...inCheckout(place), "check-ignore", "-z", "--stdin"], {
    directory: place.directory,
    input: `${names.join("\0")}\0`,
  });
  return new Set(stdout.split("\0"));
};
