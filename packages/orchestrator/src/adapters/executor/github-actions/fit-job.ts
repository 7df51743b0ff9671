import type { DetachedJob } from "@ai-implement/contracts";
import { type Reduction, reductions } from "./job-reductions.ts";

/** For the sentence that names what was cut. */
const sentenceCharacters = 400;

/**
 * The job as JSON that takes at most `maxCharacters` inside another JSON text, which is how it travels as an input (§8.4).
 * What is too large is cut or left out, the least needed first, and the description says so. Pure.
 * @returns null where names and links alone are larger, which those of the contracts are not from 60,000 characters on
 */
export const fitJob = (job: DetachedJob, maxCharacters: number): string | null => {
  if (fits(job, maxCharacters)) return JSON.stringify(job);
  const budget = maxCharacters - sentenceCharacters;
  const shortened = new Set<string>();
  let reduced = job;
  for (const reduction of reductions) {
    if (reduction.most(reduced) <= reduction.least) continue;
    shortened.add(reduction.name);
    const smallest = reduction.reduce(reduced, reduction.least);
    if (fits(smallest, budget))
      return JSON.stringify(withSentence(largestFitting(reduced, reduction, budget), [...shortened]));
    reduced = smallest;
  }
  return null;
};

const fits = (job: DetachedJob, budget: number): boolean =>
  // No text takes fewer characters than it has: megabytes need not be written to be measured.
  textLength(job) <= budget && costOf(job) <= budget;

/**
 * Characters of the job's JSON inside another JSON text, where every quote and backslash of it is escaped once more. On its
 * way to the runner it is a variable of the environment too, of which Linux takes 131,072 bytes: two to a character.
 */
const costOf = (job: DetachedJob): number => {
  const text = JSON.stringify(job);
  return Math.max(JSON.stringify(text).length - 2, Buffer.byteLength(text) / 2);
};

const textLength = ({ ticket, plan, revision }: DetachedJob): number =>
  [
    ticket.description,
    ...ticket.relatives.map(({ description = "" }) => description),
    ...(plan?.sections ?? []).map(({ body }) => body),
    ...(revision?.feedback ?? []).map(({ body }) => body),
  ].reduce((sum, { length }) => sum + length, 0);

/** By bisection; to its least it is known to fit, and no text that fits is longer than the budget. */
const largestFitting = (
  job: DetachedJob,
  { most, least, reduce }: Reduction,
  budget: number,
): DetachedJob => {
  let fitting = least;
  let tooLarge = Math.min(most(job), budget) + 1;
  while (tooLarge - fitting > 1) {
    const middle = Math.floor((fitting + tooLarge) / 2);
    if (fits(reduce(job, middle), budget)) fitting = middle;
    else tooLarge = middle;
  }
  return reduce(job, fitting);
};

const withSentence = (job: DetachedJob, shortened: readonly string[]): DetachedJob => {
  const sentence = `[Cut or left out, because GitHub takes only 65,535 characters with a dispatch: ${shortened.join(", ")}.]`;
  const { description } = job.ticket;
  const told = description === "" ? sentence : `${description}\n\n${sentence}`;
  return { ...job, ticket: { ...job.ticket, description: told } };
};
