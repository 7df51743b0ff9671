import type { LoopbackAnswer } from "../../shared/loopback-server.ts";
import type { GithubEmulatorOptions } from "../api.ts";
import type { Caller } from "../model.ts";
import { actionsOperations } from "../operations/actions-operations.ts";
import type { GithubApi, Operation } from "../operations/operation.ts";
import { createArtifacts } from "./artifacts.ts";
import { createCatalogue } from "./catalogue.ts";
import type { ActionsEngine } from "./engine.ts";
import { callerOfJob } from "./job-token.ts";
import { createOidc, type Oidc } from "./oidc.ts";
import { requestOf } from "./run-request.ts";
import { createRuns } from "./runs.ts";

export interface Actions {
  readonly engine: ActionsEngine;
  readonly operations: readonly (readonly [string, Operation])[];
  /** For paths below `/oidc/`. */
  readonly handleOidc: Oidc["handleOidc"];
  /** For paths below `/_artifacts/`: no token is needed, and the body is bytes. */
  readonly handleDownload: (path: string) => LoopbackAnswer | null;
  /** Of a job's `GITHUB_TOKEN`, as long as its run is not over. */
  readonly callerOf: (token: string) => Caller | null;
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type ActionsOptions = Pick<GithubEmulatorOptions, "execute" | "returnRunDetails" | "listLagMs">;

/** GitHub Actions without machines: runs are executed by `options.execute`, or by nobody. */
export const createActions = (api: GithubApi, options: ActionsOptions): Actions => {
  const { execute, returnRunDetails = true, listLagMs = () => 0 } = options;
  const runs = createRuns({ api, execute, requestOf: (detail) => requestOf(engine, detail) });
  const numbers = new Map<number, number>();
  const engine: ActionsEngine = {
    api,
    runs,
    catalogue: createCatalogue(api),
    artifacts: createArtifacts(api),
    oidc: createOidc(api, runs),
    disabled: new Set(),
    nextRunNumber(workflowId) {
      const number = (numbers.get(workflowId) ?? 0) + 1;
      numbers.set(workflowId, number);
      return number;
    },
    listLagMs,
    returnRunDetails,
  };
  return {
    engine,
    operations: actionsOperations(engine),
    handleOidc: engine.oidc.handleOidc,
    handleDownload: engine.artifacts.handleDownload,
    callerOf: (token) => callerOfJob(runs, token),
    idle: runs.idle,
    close: runs.close,
  };
};
