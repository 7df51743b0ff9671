import { type Mapping, mappingSchema } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { mappingOf, projectOf } from "./mapping.ts";
import { aProject } from "./testing/builders.ts";

const least = {
  teamKey: "ACME",
  owner: "acme",
  repo: "shop",
  defaultBranch: "main",
  ticketingProvider: "linear",
  ticketingConfig: { kind: "linear" },
  executionMode: "process",
} as const;
const mapping = (overrides: Readonly<Record<string, unknown>> = {}): Mapping =>
  mappingSchema.parse({ ...least, ...overrides });

describe("a project on the wire and in the core (§5.1)", () => {
  it("has the defaults of the contract", () => {
    expect(projectOf(mapping())).toEqual(
      aProject({ repository: { ...aProject().repository, forge: "github" } }),
    );
  });

  it("iterates three times, or twice on bedrock, unless it says otherwise", () => {
    const bedrock = { provider: "bedrock", awsRegion: "us-east-1", executionMode: "github-actions" };
    expect(projectOf(mapping()).maxIterations).toBe(3);
    expect(projectOf(mapping(bedrock))).toMatchObject({ maxIterations: 2, awsRegion: "us-east-1" });
    expect(projectOf(mapping({ ...bedrock, maxIterations: 5 })).maxIterations).toBe(5);
  });

  it.each([
    ["with nothing but what is required", {}],
    [
      "with everything",
      {
        forge: "local",
        planningEnabled: false,
        autoApprovePlans: false,
        maxInProgressAiIssues: 9,
        paused: true,
        maxTurns: 1,
        maxIterations: 1,
        maxJobMinutes: 1.5,
        branchPrefix: "team/ai",
        maxOpenPullRequests: 4,
        budget: { perRunUsd: 1, perDayUsd: 20, perMonthUsd: 300 },
        protectedPaths: ["infra/**"],
        workflowFile: "implement.yml",
        planningWorkflowFile: "plan.yml",
        machineCpus: 8,
        machineMemoryMb: 512,
        extraEnv: { NODE_ENV: "test" },
      },
    ],
    ["in a folder", { ticketingProvider: "folder", ticketingConfig: { kind: "folder", path: "shop" } }],
    [
      "in Jira",
      {
        ticketingProvider: "jira",
        ticketingConfig: {
          kind: "jira",
          jql: "project = A",
          repoFieldValue: "shop",
          repoFieldOverride: "Repo",
        },
      },
    ],
  ])("comes back as it went in: %s", (_, overrides) => {
    const project = projectOf(mapping(overrides));
    expect(projectOf(mappingSchema.parse(mappingOf(project)))).toEqual(project);
    expect(mappingOf(project)).toEqual({ maxIterations: project.maxIterations, ...mapping(overrides) });
  });

  it("has no field that is there and undefined", () => {
    const project = projectOf({ ...mapping(), awsRegion: undefined, budget: { perDayUsd: undefined } });
    expect(Object.keys(project)).not.toContain("awsRegion");
    expect(Object.keys(project.budget)).toEqual([]);
    expect(Object.values(mappingOf(project))).not.toContain(undefined);
  });
});
