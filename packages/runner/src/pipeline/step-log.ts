import type { StepReport, Usage } from "@ai-implement/contracts";

export interface StepEnd {
  readonly status: "succeeded" | "failed" | "skipped";
  readonly detail?: string;
  readonly usage?: Usage;
  readonly input?: string;
}

/** A step that is running. */
export interface OpenStep {
  end(how: StepEnd): void;
}

/** The account of the run: one line per step, in the order of their beginnings. */
export interface StepLog {
  begin(name: string): OpenStep;
  all(): readonly StepReport[];
}

/** The wire format's cap. A run that has more steps keeps their first: the end is in the report's outcome. */
const maxSteps = 500;

/** @param onChange gets every line when it begins and when it ends */
export const createStepLog = (onChange: (step: StepReport) => void, now: () => Date): StepLog => {
  const lines: StepReport[] = [];
  const put = (step: StepReport) => {
    if (step.index >= maxSteps) return;
    lines[step.index] = step;
    onChange(step);
  };
  let next = 0;
  return {
    begin: (name) => {
      const started: StepReport = {
        index: next,
        name,
        status: "running",
        startedAt: now().toISOString(),
      };
      next += 1;
      put(started);
      return { end: (how) => put({ ...started, ...how, endedAt: now().toISOString() }) };
    },
    all: () => [...lines],
  };
};
