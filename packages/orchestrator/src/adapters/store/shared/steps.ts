import type { StepReport } from "@ai-implement/contracts";
import type { RunId } from "../../../core/run.ts";
import type { Db } from "./schema.ts";
import { parseJson } from "./values.ts";

export const saveStep = async (
  db: Db,
  { runId, step }: { readonly runId: RunId; readonly step: StepReport },
): Promise<void> => {
  await db
    .insertInto("run_steps")
    .values({ run_id: runId, step_index: step.index, step: JSON.stringify(step) })
    .onConflict((conflict) =>
      conflict
        .columns(["run_id", "step_index"])
        .doUpdateSet((excluded) => ({ step: excluded.ref("excluded.step") })),
    )
    .execute();
};

/** In the order of the pipeline. */
export const stepsOf = async (db: Db, runId: RunId): Promise<readonly StepReport[]> => {
  const rows = await db
    .selectFrom("run_steps")
    .select("step")
    .where("run_id", "=", runId)
    .orderBy("step_index")
    .execute();
  return rows.map(({ step }) => parseJson<StepReport>(step));
};
