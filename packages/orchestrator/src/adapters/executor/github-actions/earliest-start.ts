import { type Instant, minutes } from "../../../core/time.ts";
import type { AttemptHandle } from "../../../ports/executor.ts";
import { madeAt } from "./attempt-id.ts";

/** GitHub's clock against ours. */
const clockSlackMs = minutes(2);

/**
 * Before this GitHub can have no run of the attempt. The last time that it was asked may not have been the first, so the
 * attempt's own age counts too. Pure.
 */
export const earliestStart = ({ runId, dispatchStartedAt }: AttemptHandle): Instant =>
  Math.min(dispatchStartedAt ?? Number.POSITIVE_INFINITY, madeAt(runId)) - clockSlackMs;
