import type { RunId } from "../../../core/run.ts";
import { hours, type Instant } from "../../../core/time.ts";
import { labelNames, purpose } from "./container-spec.ts";
import { type EngineClient, parsedAnswer } from "./engine-client.ts";
import { containerListSchema } from "./schema.ts";

/** Long after it should have ended: until then whoever dispatched it sees to it. */
const forgottenAfterMs = hours(4);

/** Attempts of this installation whose containers nobody has removed, such as after a lost database. @throws DeliveryError */
export const overdueAttempts = async (
  engine: EngineClient,
  owner: string,
  now: Instant,
): Promise<readonly RunId[]> => {
  const filters = { label: [`${labelNames.owner}=${owner}`, `${labelNames.purpose}=${purpose}`] };
  const containers = parsedAnswer(
    "which containers it has",
    await engine.ask({
      method: "GET",
      path: "/containers/json",
      query: { all: "true", filters: JSON.stringify(filters) },
    }),
    containerListSchema,
  );
  return containers.flatMap(({ Labels }) => {
    const runId = Labels?.[labelNames.attempt];
    const endsBefore = Date.parse(Labels?.[labelNames.endsBefore] ?? "");
    return runId !== undefined && now - endsBefore > forgottenAfterMs ? [runId] : [];
  });
};
