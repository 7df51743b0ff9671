import type { Usage } from "@ai-implement/contracts";
import type { StepLog } from "../pipeline/step-log.ts";

interface Outcome<Value> {
  readonly value: Value;
  readonly detail: string;
  readonly usage?: Usage;
  readonly input?: string;
}

/** Part of a step that people want to see by itself, such as one iteration. */
export const inOwnLine = async <Value>(
  steps: StepLog,
  name: string,
  work: () => Promise<Outcome<Value>>,
): Promise<Value> => {
  const line = steps.begin(name);
  try {
    const { value, ...said } = await work();
    line.end({ status: "succeeded", ...said });
    return value;
  } catch (error) {
    line.end({ status: "failed", detail: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};
