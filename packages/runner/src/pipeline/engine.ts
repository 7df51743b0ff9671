import type { Facts } from "./facts.ts";
import { createLateSignal } from "./late-signal.ts";
import type { Pipeline, PlannedStep } from "./pipelines.ts";
import type { StepInput } from "./step.ts";
import { type Failure, StepFailure } from "./step-failure.ts";
import { failureOfStop, type Stop } from "./stop.ts";

export interface PipelineEnd {
  readonly facts: Facts;
  /** What ended it early; null when every essential step succeeded. */
  readonly failure: Failure | null;
}

/** Cleaning up after a run that was stopped: whoever stopped it is waiting. */
const teardownAfterStopMs = 20_000;

/**
 * Runs the steps in order and reports each. The first essential step that fails ends it, as does `stop`; the
 * `always` steps run in any case. Never rejects.
 */
export const runPipeline = async (
  pipeline: Pipeline,
  input: Omit<StepInput, "facts" | "signal">,
  stop: Stop,
): Promise<PipelineEnd> => {
  let facts: Facts = {};
  let failure: Failure | null = null;
  const run = async (
    { name, step, essential }: PlannedStep,
    signal: AbortSignal,
  ): Promise<Failure | null> => {
    const line = input.steps.begin(name);
    try {
      const result = await step.run({ ...input, facts, signal });
      facts = { ...facts, ...result.facts };
      const { facts: _found, ...said } = result;
      line.end(said);
      return null;
    } catch (error) {
      const why = failureOf(error, stop, name);
      line.end({ status: "failed", detail: why.message });
      return essential ? why : null;
    }
  };

  for (const step of pipeline.steps) {
    const cause = stop.cause();
    failure = cause === null ? await run(step, stop.signal) : failureOfStop(cause);
    if (failure !== null) break;
  }
  for (const step of pipeline.always) {
    const late = createLateSignal(stop.signal, teardownAfterStopMs);
    await run(step, late.signal);
    late.release();
  }
  return { facts, failure };
};

/** What a step threw because the run was stopped is the stop's doing, whatever it says. */
const failureOf = (error: unknown, stop: Stop, step: string): Failure => {
  const cause = stop.cause();
  if (cause !== null) return failureOfStop(cause, step);
  if (error instanceof StepFailure) {
    const { reason, message, needsApproval } = error;
    return { reason, message, ...(needsApproval === undefined ? {} : { needsApproval }) };
  }
  return { reason: "unexpected", message: error instanceof Error ? error.message : String(error) };
};
