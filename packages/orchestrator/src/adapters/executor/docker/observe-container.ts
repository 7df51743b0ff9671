import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import type { ExecutorResource } from "../../../core/run.ts";
import type { UnpackedResult } from "../shared/parse-result.ts";
import type { Container } from "./schema.ts";

/** What a container does, in our terms. */
export type ContainerState =
  /** Made and never started: to whoever asks for the attempt it is not there yet. */
  | "made"
  | "running"
  | "exited"
  /** On its way out of the engine, or in a state that nobody has told us of. */
  | "unclear";

/** Docker's words, and those that podman has beside them. */
const states: Readonly<Record<string, ContainerState>> = {
  created: "made",
  configured: "made",
  initialized: "made",
  running: "running",
  paused: "running",
  restarting: "running",
  stopping: "running",
  exited: "exited",
  stopped: "exited",
  dead: "exited",
};

export const stateOf = ({ State: { Status } }: Container): ContainerState =>
  states[Status.toLowerCase()] ?? "unclear";

/** What an ended container is to us, with what it left. Pure. */
export const observationOfExited = (
  container: Container,
  resource: ExecutorResource,
  unpacked: UnpackedResult,
  logTail: string,
): Observation => {
  const exited = { kind: "exited", resource } as const;
  if (unpacked.kind === "result") {
    const { instance, report, steps } = unpacked.result;
    const detail = `The container ${resource.id} ended and left its result.`;
    return { ...exited, report, instance, steps, detail };
  }
  const log = logTail === "" ? "Its log is empty." : `The end of its log:\n${logTail}`;
  const detail = `The container ${resource.id} ${howItEnded(container, logTail)}, and ${unpacked.problem}. ${log}`;
  return {
    ...exited,
    report: null,
    ...(unpacked.kind === "unusable" ? { cause: "unusable-result" as const } : {}),
    detail,
  };
};

const howItEnded = ({ State, HostConfig, Config }: Container, logTail: string): string => {
  const code = `ended with exit code ${State.ExitCode}`;
  const limit = `${Math.round(HostConfig.Memory / 1024 / 1024)} MB of memory (the project's machineMemoryMb)`;
  if (State.OOMKilled) return `${code} because it needed more than its ${limit}`;
  if (State.ExitCode === killed)
    return `${code}: it was killed, by somebody or because it needed more than its ${limit}`;
  if (notExecuted.test(logTail))
    return `${code}: its image ${Config.Image} has no program ai-implement-runner that can be started (deploy/runner.Dockerfile makes one that has)`;
  return State.Error === "" ? code : `${code} (${State.Error.slice(0, 300)})`;
};

/** 128 and SIGKILL. Not every engine notices that it was the kernel, for want of memory. */
const killed = 137;
/**
 * The words of the init programs that engines put before ours: podman's catatonit, whose line loses its beginning in some of podman's
 * logs, and Docker's tini.
 */
const notExecuted =
  /^(?:failed to exec pid1:|(?:ERROR \(catatonit|\[FATAL tini)[^\n]*(?:failed to exec|exec \S+ failed))/m;
