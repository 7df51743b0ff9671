import { answer, call, type Reply, run, type Scenario, say, write } from "./scenario.ts";
import type { Turn } from "./turn.ts";

export interface FileContent {
  /** Relative to the repository. */
  readonly path: string;
  readonly content: string;
}

export interface TicketScript {
  /** What the first implementing session writes. */
  readonly files: readonly FileContent[];
  /** What it writes after a reviewer's findings; the last entry goes on. Default: `files` again. */
  readonly fixes?: readonly (readonly FileContent[])[];
  /** One per review, in order; the last goes on. */
  readonly verdicts: readonly { readonly approved: boolean; readonly findings: readonly string[] }[];
  readonly plan: readonly { readonly kind: string; readonly body: string }[];
  readonly gaps: Readonly<Record<string, unknown>>;
}

type Purpose = "plan" | "review" | "gap-analysis" | "implement" | "explore";

/**
 * A model that plans, implements, reviews and accounts for one ticket. It tells the sessions apart by what they ask
 * for and may do, never by the wording of a prompt.
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

const purposeOf = ({ answerProperties, sandboxMode }: Turn): Purpose => {
  if (answerProperties.has("sections")) return "plan";
  if (answerProperties.has("approved")) return "review";
  if (answerProperties.has("implemented")) return "gap-analysis";
  return sandboxMode === "read-only" ? "explore" : "implement";
};

const replyFor = (script: TicketScript, purpose: Purpose, { step }: Turn, round: number): Reply => {
  switch (purpose) {
    case "plan":
      return answer({ sections: script.plan });
    case "review":
      return answer({ ...(entry(script.verdicts, round) ?? { approved: true, findings: [] }) });
    case "gap-analysis":
      return answer(script.gaps);
    case "implement":
      return implement(
        round === 0 ? script.files : (entry(script.fixes ?? [], round - 1) ?? script.files),
        step,
      );
    case "explore":
      return step === 0 ? call(run("ls -R")) : say("I have read the files that matter for this ticket.");
  }
};

const implement = (files: readonly FileContent[], step: number): Reply => {
  if (files.length === 0) return say("There is nothing to change.");
  if (step === 0) return call(...files.map(({ path, content }) => write(path, content)));
  return say(`I changed ${files.map(({ path }) => path).join(", ")}.`);
};

const entry = <T>(list: readonly T[], index: number): T | undefined =>
  list[Math.min(Math.max(index, 0), list.length - 1)];
