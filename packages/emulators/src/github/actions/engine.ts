import type { GithubApi } from "../operations/operation.ts";
import type { Artifacts } from "./artifacts.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Oidc } from "./oidc.ts";
import type { Runs } from "./runs.ts";

/** What all parts of Actions share. */
export interface ActionsEngine {
  readonly api: GithubApi;
  readonly catalogue: Catalogue;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly oidc: Oidc;
  /** Ids of workflows that nobody can start. */
  readonly disabled: Set<number>;
  /** From 1 for each workflow. */
  readonly nextRunNumber: (workflowId: number) => number;
  readonly listLagMs: () => number;
  readonly returnRunDetails: boolean | "ignored";
}
