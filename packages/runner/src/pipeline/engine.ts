import type { Facts } from "./facts.ts";
import type { Pipeline, StepName } from "./pipelines.ts";
import type { Step, StepInput } from "./step.ts";
import { type Failure, StepFailure } from "./step-failure.ts";
import { failureOfStop, type Stop } from "./stop.ts";

export type StepRegistry = Readonly<Record<StepName, Step>>;

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
  registry: StepRegistry,
  input: Omit<StepInput, "facts" | "signal">,
  stop: Stop,
): Promise<PipelineEnd> => {
  let facts: Facts = {};
  let failure: Failure | null = null;
  const run = async (name: StepName, signal: AbortSignal): Promise<Failure | null> => {
    const step = registry[name];
    const line = input.steps.begin(name);
    try {
      const result = await step.run({ ...input, facts, signal });
      facts = { ...facts, ...result.facts };
      const { status, detail, usage } = result;
      line.end({
        status,
        ...(detail === undefined ? {} : { detail }),
        ...(usage === undefined ? {} : { usage }),
      });
      return null;
    } catch (error) {
      const why = failureOf(error, stop);
      line.end({ status: "failed", detail: why.message });
      return step.essential ? why : null;
    }
  };

  for (const name of pipeline.steps) {
    const cause = stop.cause();
    failure = cause === null ? await run(name, stop.signal) : failureOfStop(cause);
    if (failure !== null) break;
  }
  for (const name of pipeline.always) {
    const unhurried = new AbortController().signal;
    await run(name, stop.cause() === null ? unhurried : AbortSignal.timeout(teardownAfterStopMs));
  }
  return { facts, failure };
};

/** What a step threw because the run was stopped is the stop's doing, whatever it says. */
const failureOf = (error: unknown, stop: Stop): Failure => {
  const cause = stop.cause();
  if (cause !== null) return failureOfStop(cause);
  if (error instanceof StepFailure) return { reason: error.reason, message: error.message };
  return { reason: "unexpected", message: error instanceof Error ? error.message : String(error) };
};
