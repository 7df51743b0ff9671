import { problemsOf } from "./corpus-run.ts";
import type { HostileRun } from "./stage.ts";

/** One line of the table of `npm run hostile-corpus`, and one more for each problem. */
export const describeRun = (run: HostileRun): string => {
  const { attacks, reports, seconds } = run;
  const [attack] = attacks;
  const [report] = reports;
  const ended =
    report === undefined
      ? "no report"
      : report.outcome === "failed"
        ? `failed: ${report.reason}`
        : report.outcome;
  const problems = problemsOf(run);
  return [
    [
      problems.length === 0 ? "held  " : "BROKEN",
      (attack?.category ?? "").padEnd(22),
      (attack?.id ?? "").slice(0, 44).padEnd(45),
      (attack?.from ?? "").padEnd(21),
      (attack?.blocked ?? "").padEnd(20),
      ended.padEnd(24),
      `${seconds.toFixed(1)} s`,
    ].join(" "),
    ...problems.map((problem) => `       ${problem}`),
  ].join("\n");
};
