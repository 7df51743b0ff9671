import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import { redact } from "../../../core/redact.ts";
import type { ExecutorResource, RunId } from "../../../core/run.ts";
import type { Clock } from "../../../ports/clock.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../../ports/executor.ts";
import type { Logger } from "../../../ports/logger.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import type { UnpackedResult } from "../shared/parse-result.ts";
import { checkEngine } from "./check-engine.ts";
import { logTail } from "./container-log.ts";
import { containerName, resultPath } from "./container-spec.ts";
import { AnswerTooLarge, createEngineClient, type EngineClient, refused } from "./engine-client.ts";
import { observationOfExited, stateOf } from "./observe-container.ts";
import { overdueAttempts } from "./overdue-attempts.ts";
import { removeContainer } from "./remove-container.ts";
import { findContainer, isOfAttempt, startContainer } from "./start-container.ts";
import { maxArchiveBytes, unpackResultFile } from "./unpack-file.ts";

export interface DockerExecutorOptions {
  /** `DOCKER_HOST`: `unix:///path` or `tcp://host:port`. */
  readonly host: string;
  /** Where a repository asks for none (`LOCAL_RUNNER_IMAGE`). */
  readonly image: string;
  /** How a container reaches us (`LOCAL_RUNNER_ORCHESTRATOR_URL`). */
  readonly orchestratorUrl: string;
  /** Keeps the logs, `<directory>/<run id>/runner.log` (`ATTEMPTS_DIR`). */
  readonly directory: string;
  /** Which installation of ours this is: several may share an engine. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Letters that an image's name has: it becomes part of what people are told to type. */
const imageForm = /^[A-Za-z0-9][\w.:/@-]{0,499}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const tailCharacters = 2_000;

/** Runs attempts as containers of an engine with Docker's API (§8.6). They outlive us and are adopted after a restart. */
export const createDockerExecutor = (options: DockerExecutorOptions): Executor => {
  const engine = createEngineClient(options.host);
  const directory = resolve(options.directory);
  const lanes = createLanes();
  const folderOf = (runId: RunId): string => join(directory, runId);

  const dispatch = async (attempt: AttemptReference): Promise<ExecutorResource> => {
    const { runId } = attempt;
    const image = attempt.image ?? options.image;
    requireUsable(attempt, image);
    await makeFolder(folderOf(runId));
    const { orchestratorUrl, owner, clock, logger } = options;
    const isStarted = await startContainer(engine, attempt, { image, orchestratorUrl, owner }, clock.now());
    const resource = resourceOf(runId);
    const log = { runId, container: resource.id, image };
    logger.info(log, isStarted ? "container started" : "the attempt was dispatched before: adopted");
    return resource;
  };

  const destroy = (runId: RunId, hasReported: boolean): Promise<void> =>
    lanes.run(onlyRunId(runId), async () => {
      await makeFolder(folderOf(runId));
      await removeContainer(engine, runId, { logFile: join(folderOf(runId), "runner.log"), hasReported });
    });

  return {
    kind: "docker",
    check: () => checkEngine(engine, options.image),
    dispatch: async (attempt) => lanes.run(onlyRunId(attempt.runId), () => dispatch(attempt)),
    observe: ({ runId }) => observe(engine, runId),
    destroy: async ({ runId, hasReported }) => destroy(runId, hasReported),
    sweep: async (now) => {
      const overdue = (await overdueAttempts(engine, options.owner, now)).filter(isRunId);
      const failures: unknown[] = [];
      // One that the engine will not let go must not keep the others.
      for (const runId of overdue)
        await destroy(runId, false).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
      return overdue;
    },
  };
};

/** A run id becomes a path and a name: nothing but a UUID may. */
const isRunId = (text: string): text is RunId => uuid.test(text);

const onlyRunId = (runId: RunId): RunId => {
  if (!isRunId(runId)) throw permanent(`${JSON.stringify(runId)} is not a run id.`);
  return runId;
};

const resourceOf = (runId: RunId): ExecutorResource => ({ id: containerName(runId) });

const requireUsable = ({ repository }: AttemptReference, image: string): void => {
  if (!imageForm.test(image)) throw permanent(`${JSON.stringify(image)} is not the name of an image.`);
  if (repository.forge === "local")
    throw permanent(
      "The repositories of the local forge are folders of this machine, which a container does not see: set the project's executionMode to process, or its forge to github.",
    );
};

const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    throw permanent(
      `The attempt's folder ${path} cannot be made (${code}): set ATTEMPTS_DIR to a folder that this service may write.`,
      error,
    );
  }
};

/** Never throws: what could not be found out is unknown, which is not absent (§8.3). */
const observe = async (engine: EngineClient, runId: RunId): Promise<Observation> => {
  if (!isRunId(runId)) return { kind: "unknown", error: `${JSON.stringify(runId)} is not a run id.` };
  try {
    return await look(engine, runId);
  } catch (error) {
    return { kind: "unknown", error: redact(error instanceof Error ? error.message : String(error), []) };
  }
};

const look = async (engine: EngineClient, runId: RunId): Promise<Observation> => {
  const resource = resourceOf(runId);
  const container = await findContainer(engine, resource.id);
  if (container === null) return { kind: "absent" };
  if (!isOfAttempt(container, runId))
    return { kind: "unknown", error: `The container ${resource.id} is not this attempt's: remove it.` };
  switch (stateOf(container)) {
    case "made":
      return { kind: "absent" };
    case "running":
      return { kind: "running", resource };
    case "unclear":
      return {
        kind: "unknown",
        error: `The engine calls the state of ${resource.id} ${container.State.Status}.`,
      };
    case "exited": {
      const unpacked = await readResult(engine, resource.id);
      const tail = unpacked.kind === "result" ? "" : await logTail(engine, resource.id, tailCharacters);
      return observationOfExited(container, resource, unpacked, tail);
    }
  }
};

/** What the runner left in its volume, for when its answer never reached us. @throws DeliveryError */
const readResult = async (engine: EngineClient, container: string): Promise<UnpackedResult> => {
  const file = `${resultPath}/result.json`;
  try {
    const answer = await engine.ask({
      method: "GET",
      path: `/containers/${container}/archive`,
      query: { path: file },
      maxBytes: maxArchiveBytes,
    });
    if (answer.status === 404) return { kind: "none", problem: "left no result" };
    if (answer.status !== 200) throw refused(`to hand over ${file}`, answer);
    const unpacked = unpackResultFile(answer.bytes);
    return unpacked.kind === "result" ? unpacked : ofNoUse(unpacked.problem);
  } catch (error) {
    if (error instanceof AnswerTooLarge) return ofNoUse(`it has more than ${maxArchiveBytes} bytes`);
    throw error;
  }
};

const ofNoUse = (problem: string): UnpackedResult => ({
  kind: "unusable",
  problem: `what it left as its result is of no use: ${problem}`,
});
