import type { Mapping } from "@ai-implement/contracts";
import type { Project } from "./project.ts";

const defaultIterations = { anthropic: 3, bedrock: 2 } as const;

/** A project as the wire has it → as the core has it. */
export const projectOf = (mapping: Mapping): Project => ({
  key: mapping.teamKey,
  repository: {
    forge: mapping.forge,
    owner: mapping.owner,
    name: mapping.repo,
    defaultBranch: mapping.defaultBranch,
  },
  ticketing: ticketingOf(mapping.ticketingConfig),
  planningEnabled: mapping.planningEnabled,
  autoApprovePlans: mapping.autoApprovePlans,
  maxInProgress: mapping.maxInProgressAiIssues,
  executor: mapping.executionMode,
  provider: mapping.provider,
  paused: mapping.paused,
  maxTurns: mapping.maxTurns,
  maxIterations: mapping.maxIterations ?? defaultIterations[mapping.provider],
  maxJobMinutes: mapping.maxJobMinutes,
  budget: withoutUndefined(mapping.budget),
  protectedPaths: mapping.protectedPaths,
  workflowFile: mapping.workflowFile,
  planningWorkflowFile: mapping.planningWorkflowFile,
  machineCpus: mapping.machineCpus,
  machineMemoryMb: mapping.machineMemoryMb,
  extraEnv: mapping.extraEnv,
  ...withoutUndefined({
    maxOpenPullRequests: mapping.maxOpenPullRequests,
    awsRegion: mapping.awsRegion,
    branchPrefix: mapping.branchPrefix,
  }),
});

/** The other way round. `sessionMode` is not kept: only `autonomous` is accepted (§5.1). */
export const mappingOf = (project: Project): Mapping => ({
  teamKey: project.key,
  forge: project.repository.forge,
  owner: project.repository.owner,
  repo: project.repository.name,
  defaultBranch: project.repository.defaultBranch,
  ticketingProvider: project.ticketing.kind,
  ticketingConfig: project.ticketing,
  workflowFile: project.workflowFile,
  planningEnabled: project.planningEnabled,
  planningWorkflowFile: project.planningWorkflowFile,
  autoApprovePlans: project.autoApprovePlans,
  maxInProgressAiIssues: project.maxInProgress,
  executionMode: project.executor,
  sessionMode: "autonomous",
  machineCpus: project.machineCpus,
  machineMemoryMb: project.machineMemoryMb,
  extraEnv: { ...project.extraEnv },
  provider: project.provider,
  paused: project.paused,
  maxTurns: project.maxTurns,
  maxIterations: project.maxIterations,
  maxJobMinutes: project.maxJobMinutes,
  budget: project.budget,
  protectedPaths: [...project.protectedPaths],
  ...withoutUndefined({
    maxOpenPullRequests: project.maxOpenPullRequests,
    awsRegion: project.awsRegion,
    branchPrefix: project.branchPrefix,
  }),
});

const ticketingOf = (config: Mapping["ticketingConfig"]): Project["ticketing"] =>
  config.kind === "jira"
    ? {
        kind: "jira",
        jql: config.jql,
        repoFieldValue: config.repoFieldValue,
        ...withoutUndefined({
          statusFieldOverride: config.statusFieldOverride,
          repoFieldOverride: config.repoFieldOverride,
        }),
      }
    : config;

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

const withoutUndefined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
