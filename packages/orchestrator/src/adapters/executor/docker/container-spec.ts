import { repositorySlug } from "../../../core/project.ts";
import type { RunId } from "../../../core/run.ts";
import { type Instant, minutes } from "../../../core/time.ts";
import type { AttemptReference } from "../../../ports/executor.ts";

/** Adoption hangs on it: no engine has two containers of one name (§8.3). */
export const containerName = (runId: RunId): string => `ai-implement-${runId}`;

export const labelNames = {
  attempt: "ai-implement.attempt",
  issue: "ai-implement.issue",
  repository: "ai-implement.repository",
  /** Which installation of ours it belongs to. */
  owner: "ai-implement.owner",
  purpose: "ai-implement.purpose",
  /** ISO 8601: it should have ended by then. */
  endsBefore: "ai-implement.ends-before",
} as const;

export const purpose = "session";

/** The attempt's volume: what is written there is gone with the container. */
export const attemptPath = "/attempt";
export const resultPath = `${attemptPath}/result`;

/** More than a job's own minutes: it clones and reports outside of them. */
const reportingMs = minutes(15);

/**
 * What the runner needs to make the agent another user, to close the network for that user, and to end its processes. The
 * agent itself gets none of them. NET_ADMIN is good for the container's own network only.
 */
const capabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_ADMIN",
  "SETGID",
  "SETPCAP",
  "SETUID",
] as const;

/** Enough for a build of a large project, and no fork bomb. */
const maxProcesses = 1_024;

export interface ContainerSurroundings {
  readonly image: string;
  readonly orchestratorUrl: string;
  readonly owner: string;
  /** `name:address`; none where the orchestrator's name needs no help. */
  readonly extraHosts: readonly string[];
  /** Processors of the engine's machine: it refuses to give more. */
  readonly processors: number;
  readonly now: Instant;
}

/** The body of `POST /containers/create` (§8.6). Pure. */
export const containerSpec = (attempt: AttemptReference, surroundings: ContainerSurroundings) => {
  const { machine } = attempt;
  const memory = machine.memoryMb * 1024 * 1024;
  return {
    Image: surroundings.image,
    Entrypoint: ["ai-implement-runner"],
    Cmd: [],
    WorkingDir: attemptPath,
    // A reference and the proof for one claim, nothing else (§8.1): the job's credentials come with the claim.
    Env: [
      `AI_IMPLEMENT_RUN_ID=${attempt.runId}`,
      `AI_IMPLEMENT_ATTEMPT_DIR=${attemptPath}`,
      `AI_IMPLEMENT_RESULT_DIR=${resultPath}`,
      `AI_IMPLEMENT_ORCHESTRATOR_URL=${surroundings.orchestratorUrl}`,
      `AI_IMPLEMENT_CLAIM_TOKEN=${attempt.claimToken}`,
    ],
    Labels: {
      [labelNames.attempt]: attempt.runId,
      [labelNames.issue]: attempt.identifier,
      [labelNames.repository]: repositorySlug(attempt.repository),
      [labelNames.owner]: surroundings.owner,
      [labelNames.purpose]: purpose,
      [labelNames.endsBefore]: new Date(
        surroundings.now + minutes(attempt.maxJobMinutes) + reportingMs,
      ).toISOString(),
    },
    Volumes: { [attemptPath]: {} },
    HostConfig: {
      Memory: memory,
      // Together with swap: none of it.
      MemorySwap: memory,
      NanoCpus: Math.min(machine.cpus, surroundings.processors) * 1_000_000_000,
      PidsLimit: maxProcesses,
      CapDrop: ["ALL"],
      CapAdd: capabilities,
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "rw,exec,nosuid,nodev,size=1g,mode=1777", "/run": "rw,noexec,nosuid,nodev,size=16m" },
      // Reaps what the agent's commands leave behind, and hands signals on.
      Init: true,
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "1" } },
      NetworkMode: "bridge",
      ExtraHosts: surroundings.extraHosts,
    },
  };
};
