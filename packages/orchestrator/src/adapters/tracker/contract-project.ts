import type { Project, TicketingConfig } from "../../core/project.ts";

/** A project with every setting at its default. */
export const contractProject = (ticketing: TicketingConfig, key = "acme"): Project => ({
  key,
  repository: { forge: "local", owner: "acme", name: "shop", defaultBranch: "main" },
  ticketing,
  planningEnabled: true,
  autoApprovePlans: true,
  maxInProgress: 3,
  executor: "process",
  provider: "anthropic",
  paused: false,
  maxTurns: 50,
  maxIterations: 3,
  maxJobMinutes: 90,
  budget: {},
  protectedPaths: [],
  workflowFile: "claude-implement.yml",
  planningWorkflowFile: "claude-plan.yml",
  machineCpus: 2,
  machineMemoryMb: 4096,
  extraEnv: {},
});
