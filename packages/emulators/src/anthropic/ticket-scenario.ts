import { answer, call, glob, type Reply, read, type Scenario, say, write } from "./scenario.ts";
import type { Turn } from "./turn.ts";

export interface FileContent {
  /** Relative to the repository. */
  readonly path: string;
  readonly content: string;
}

export interface TicketScript {
  /** What the first implementing session writes. */
  readonly files: readonly FileContent[];
  /** What the following ones write, after a reviewer's findings; the last entry goes on. Default: `files` again. */
  readonly fixes?: readonly (readonly FileContent[])[];
  /** One per review, in order; the last goes on. */
  readonly verdicts: readonly { readonly approved: boolean; readonly findings: readonly string[] }[];
  readonly plan: readonly { readonly kind: string; readonly body: string }[];
  readonly gaps: Readonly<Record<string, unknown>>;
}

type Purpose = "plan" | "review" | "gap-analysis" | "implement" | "explore";

/**
 * A model that plans, implements, reviews and accounts for one ticket. It tells the sessions apart by what they
 * offer and ask for, never by the wording of a prompt: a structured answer with `sections` is a plan, with
 * `approved` a review, with `implemented` a gap analysis; without one, edit tools mean implementing.
 */
export const ticketScenario = (script: TicketScript): Scenario => {
  const started = new Map<Purpose, number>();
  return (turn) => {
    const purpose = purposeOf(turn);
    const earlier = started.get(purpose) ?? 0;
    if (turn.step === 0) started.set(purpose, earlier + 1);
    return replyFor(script, purpose, turn, turn.step === 0 ? earlier : earlier - 1);
  };
};

const purposeOf = ({ answerProperties, tools }: Turn): Purpose => {
  if (answerProperties.has("sections")) return "plan";
  if (answerProperties.has("approved")) return "review";
  if (answerProperties.has("implemented")) return "gap-analysis";
  return tools.has("Write") || tools.has("Edit") ? "implement" : "explore";
};

const replyFor = (script: TicketScript, purpose: Purpose, { step }: Turn, round: number): Reply => {
  switch (purpose) {
    case "plan":
      return answerOnce(step, { sections: script.plan });
    case "review":
      return answerOnce(step, { ...(entry(script.verdicts, round) ?? { approved: true, findings: [] }) });
    case "gap-analysis":
      return answerOnce(step, script.gaps);
    case "implement":
      return implement(filesOf(script, round), step);
    case "explore":
      return step === 0 ? call(glob("**/*")) : say("I have read the files that matter for this ticket.");
  }
};

const answerOnce = (step: number, value: Readonly<Record<string, unknown>>): Reply =>
  step === 0 ? answer(value) : say("That is my answer.");

/** Reads first: Claude Code overwrites no file that the session has not read. Reading a new file fails, harmlessly. */
const implement = (files: readonly FileContent[], step: number): Reply => {
  if (files.length === 0) return say("There is nothing to change.");
  if (step === 0) return call(...files.map(({ path }) => read(path)));
  if (step === 1) return call(...files.map(({ path, content }) => write(path, content)));
  return say(`I changed ${files.map(({ path }) => path).join(", ")}.`);
};

const filesOf = ({ files, fixes = [] }: TicketScript, round: number): readonly FileContent[] =>
  round === 0 ? files : (entry(fixes, round - 1) ?? files);

const entry = <T>(list: readonly T[], index: number): T | undefined =>
  list[Math.min(Math.max(index, 0), list.length - 1)];
