import type { RunId } from "../../../core/run.ts";
import { DeliveryError } from "../../../ports/delivery-error.ts";
import { saveLog } from "./container-log.ts";
import { containerName } from "./container-spec.ts";
import { type EngineClient, refused } from "./engine-client.ts";
import { stateOf } from "./observe-container.ts";
import { findContainer, isOfAttempt } from "./start-container.ts";

/** A runner that has reported revokes its credentials and ends by itself, in s. */
const ownEndSeconds = 5;
/** Between asking the runner to end and making it, in s: its teardown and a last word to us fit in. */
const graceSeconds = 15;

/**
 * Ends the container, saves its log, removes it and its volume (§8.6). Nothing to remove is success.
 * @throws DeliveryError
 */
export const removeContainer = async (
  engine: EngineClient,
  runId: RunId,
  { logFile, hasReported }: { readonly logFile: string; readonly hasReported: boolean },
): Promise<void> => {
  const name = containerName(runId);
  const container = await findContainer(engine, name);
  if (container === null || !isOfAttempt(container, runId)) return;
  const state = stateOf(container);
  if (state === "running") {
    if (hasReported) await waitForEnd(engine, name);
    await stop(engine, name);
  }
  if (state !== "made") await keepLog(engine, name, logFile);
  const answer = await engine.ask({
    method: "DELETE",
    path: `/containers/${name}`,
    query: { force: "true", v: "true" },
    timeoutMs: 60_000,
  });
  // 404: somebody was faster. 409: somebody is at it.
  if (![200, 204, 404, 409].includes(answer.status)) throw refused("to remove the container", answer);
};

const waitForEnd = async (engine: EngineClient, name: string): Promise<void> => {
  for (let second = 0; second < ownEndSeconds; second += 1) {
    const container = await findContainer(engine, name);
    if (container === null || stateOf(container) !== "running") return;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
};

/** Whatever the engine answers: what still runs after that is ended by force when it is removed. */
const stop = async (engine: EngineClient, name: string): Promise<void> => {
  const timeoutMs = (graceSeconds + 30) * 1_000;
  await engine.ask({
    method: "POST",
    path: `/containers/${name}/stop`,
    query: { t: String(graceSeconds) },
    timeoutMs,
  });
};

/** It is ended by now: until its log is written it costs nothing but room. */
const keepLog = async (engine: EngineClient, name: string, file: string): Promise<void> => {
  try {
    await saveLog(engine, name, file);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new DeliveryError(`The log of ${name} cannot be kept in ${file}: ${why}`, {
      retryable: true,
      cause: error,
    });
  }
};
