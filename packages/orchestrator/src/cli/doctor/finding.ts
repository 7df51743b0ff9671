import type { SettingProblem } from "../../config/problem.ts";
import type { SetupFinding } from "../../ports/setup-finding.ts";

/** One thing that was looked at. */
export type Finding =
  | { readonly kind: "right"; readonly subject: string }
  /** Work goes on without it. */
  | { readonly kind: "warning"; readonly subject: string; readonly what: string; readonly fix: string | null }
  /** `fix` is null where `what` says it already. */
  | { readonly kind: "wrong"; readonly subject: string; readonly what: string; readonly fix: string | null };

/** What belongs together on the screen. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
  /** Said beside the findings: nothing to mend. */
  readonly notes: readonly string[];
  /** What a person does next, in this order, once nothing is wrong any more. */
  readonly next?: readonly string[];
}

export const right = (subject: string): Finding => ({ kind: "right", subject });

export const wrong = (subject: string, what: string, fix: string | null = null): Finding => ({
  kind: "wrong",
  subject,
  what,
  fix,
});

export const warning = (subject: string, what: string, fix: string | null = null): Finding => ({
  kind: "warning",
  subject,
  what,
  fix,
});

export const fromSetup = ({ subject, problem }: SetupFinding): Finding =>
  problem === null ? right(subject) : wrong(subject, sentence(problem.what), problem.fix);

export const fromSetting = ({ setting, what, fix }: SettingProblem): Finding =>
  wrong(setting, sentence(what), fix);

/** A clause, or what is one already, as a sentence. */
export const sentence = (clause: string): string => (/[.!?]$/.test(clause) ? clause : `${clause}.`);
