import type { TrackerKind } from "./ticket.ts";

export const forgeKinds = ["github", "local"] as const;
export type ForgeKind = (typeof forgeKinds)[number];
export const executorKinds = ["github-actions", "fly-machines", "docker", "process"] as const;
export type ExecutorKind = (typeof executorKinds)[number];
export type ModelProvider = "anthropic" | "bedrock";

export interface Budget {
  readonly perRunUsd?: number;
  readonly perDayUsd?: number;
  readonly perMonthUsd?: number;
}

export type TicketingConfig =
  | { readonly kind: "linear" }
  | {
      readonly kind: "jira";
      readonly jql: string;
      readonly repoFieldValue: string;
      readonly statusFieldOverride?: string;
      readonly repoFieldOverride?: string;
    }
  | { readonly kind: "folder"; readonly path: string };

export interface Repository {
  readonly forge: ForgeKind;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
}

/** One tracker scope → one repository, with its settings (§5.1). Defaults live in contracts' `mappingSchema`. */
export interface Project {
  /** `teamKey` on the wire: the Linear team key, or the name of the Jira or folder mapping. */
  readonly key: string;
  readonly repository: Repository;
  readonly ticketing: TicketingConfig;
  readonly planningEnabled: boolean;
  readonly autoApprovePlans: boolean;
  readonly maxInProgress: number;
  readonly maxOpenPullRequests?: number;
  readonly executor: ExecutorKind;
  readonly provider: ModelProvider;
  readonly awsRegion?: string;
  readonly paused: boolean;
  readonly maxTurns: number;
  readonly maxIterations: number;
  readonly maxJobMinutes: number;
  readonly branchPrefix?: string;
  readonly budget: Budget;
  readonly protectedPaths: readonly string[];
  readonly workflowFile: string;
  readonly planningWorkflowFile: string;
  readonly machineCpus: number;
  readonly machineMemoryMb: number;
  readonly extraEnv: Readonly<Record<string, string>>;
}

/** The scope whose tickets belong to this project, in its tracker's terms. */
export interface Scope {
  readonly tracker: TrackerKind;
  readonly scope: string;
}

export const scopeOf = (project: Project): Scope => ({
  tracker: project.ticketing.kind,
  scope: project.key,
});

export const scopeKey = ({ tracker, scope }: Scope): string => `${tracker}:${scope}`;

export const repositorySlug = ({ owner, name }: Repository): string => `${owner}/${name}`;
