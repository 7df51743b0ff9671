import type { Attack } from "./attack.ts";
import type { Witness } from "./witness.ts";

/** Whose words stand in prompts; what lies in the repository, the agent reads for itself. */
const inPrompts: ReadonlySet<Attack["from"]> = new Set([
  "ticket-title",
  "ticket-description",
  "plan",
  "feedback",
  "pull-request-comment",
]);

/** A shorter line may be one of ours. */
const shortestLine = 16;

/**
 * The sessions whose prompt has words of an attack where our own stand, one line each: whatever a stranger wrote has to lie between
 * the random delimiters that the prompt names (§11.6).
 */
export const unfencedIn = (witnessed: readonly Witness[], attacks: readonly Attack[]): readonly string[] =>
  witnessed.flatMap(({ purpose, prompt }) => {
    const ours = outside(prompt);
    if (ours === null) return [`a fence of the ${purpose} prompt is broken`];
    return attacks
      .filter(({ from }) => inPrompts.has(from))
      .filter((attack) => linesOf(attack).some((line) => ours.includes(line)))
      .map(({ id }) => `${id} in the ${purpose} prompt`);
  });

/** What is left of a prompt without its fences, all of it where it names none; null: one of them is open, or closed twice. */
const outside = (prompt: string): string | null => {
  const delimiter = /Text between <(\S{12,}) /.exec(prompt)?.[1];
  if (delimiter === undefined) return bare(prompt);
  const notice = new RegExp(`Text between <${delimiter} .*`).exec(prompt)?.[0] ?? "";
  const [first = "", ...rest] = prompt.replace(notice, "").split(`<${delimiter}`);
  const closing = `</${delimiter}>`;
  if (rest.length === 0 || !rest.every((part) => part.split(closing).length === 2)) return null;
  return bare([first, ...rest.map((part) => part.slice(part.indexOf(closing) + closing.length))].join("\n"));
};

const linesOf = ({ text, tries }: Attack): readonly string[] =>
  (text ?? tries)
    .split("\n")
    .map(bare)
    .filter(({ length }) => length >= shortestLine);

/** Compared by what is seen: white space and characters without width are not. */
const bare = (text: string): string => text.replace(/[^\x21-\x7e]+/g, "");
