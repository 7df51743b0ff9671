import type { RunReport, StepReport } from "@ai-implement/contracts";
import { waitingForAPerson } from "./stopped-report.ts";

/** What a runner says, as it is stored and served: without configured secrets and known token formats (§11.10). */
export interface IntakeRedaction {
  /** @param branch the run's own, which it goes by; another is a text like any other */
  report(report: RunReport, branch: string): RunReport;
  step(step: StepReport): StepReport;
  /** For any other text, an executor's account of an attempt as well: it quotes what the attempt wrote. */
  line(text: string): string;
}

/** Words and ids that the service goes by: a secret that happens to be one of them must not change what it means. */
const structural: ReadonlySet<string> = new Set([
  "outcome",
  "reason",
  "kind",
  "status",
  "headCommit",
  "baseCommit",
  "startedAt",
  "endedAt",
  "promptHash",
  "modelCredential",
  "user",
  "egress",
]);

/** @param redact idempotent: the same report may come twice, and is compared with what was stored */
export const createIntakeRedaction = (redact: (text: string) => string): IntakeRedaction => {
  // PostgreSQL keeps no text with a NUL, and refuses what comes with it.
  const line = (text: string): string => redact(text.replaceAll("\0", ""));
  const strings = <Value>(value: Value): Value => mapStrings(value, line) as Value;
  const report = (said: RunReport, branch: string): RunReport => {
    const taken = strings(waitingForAPerson(said));
    return taken.outcome === "implemented" && said.outcome === "implemented" && said.branch === branch
      ? { ...taken, branch }
      : taken;
  };
  return { report, step: strings, line };
};

/** The same shape with other texts. */
const mapStrings = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      structural.has(key) ? field : mapStrings(field, change),
    ]),
  );
};
