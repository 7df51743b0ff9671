import { describe, expect, it } from "vitest";
import type { Project } from "../project.ts";
import { aProject } from "../testing/builders.ts";
import { changesTemplates, wantedFiles, workflowNameProblems } from "./wanted-files.ts";

const onActions = (overrides: Partial<Project> = {}): Project =>
  aProject({
    executor: "github-actions",
    repository: { forge: "github", owner: "acme", name: "shop", defaultBranch: "main" },
    ...overrides,
  });

const paths = (...projects: readonly Project[]) => wantedFiles(projects).map(({ path }) => path);

describe("the files that a repository has to carry (§12)", () => {
  it("are both workflows, the comment trigger, and the two files that are seeded", () => {
    expect(wantedFiles([onActions()])).toEqual([
      { kind: "workflow", path: ".github/workflows/claude-implement.yml", template: "claude-implement.yml" },
      { kind: "workflow", path: ".github/workflows/claude-plan.yml", template: "claude-plan.yml" },
      {
        kind: "workflow",
        path: ".github/workflows/ai-implement-comment-trigger.yml",
        template: "comment-trigger.yml",
      },
      { kind: "seed", path: "WORKFLOW.md", template: "WORKFLOW.md", comesWith: "claude-implement.yml" },
      { kind: "seed", path: "PLANNING.md", template: "PLANNING.md", comesWith: "claude-plan.yml" },
    ]);
  });

  it("have the names that the project gives them, and nothing of planning where nobody plans", () => {
    expect(paths(onActions({ workflowFile: "robot.yaml", planningEnabled: false }))).toEqual([
      ".github/workflows/robot.yaml",
      ".github/workflows/ai-implement-comment-trigger.yml",
      "WORKFLOW.md",
    ]);
  });

  it("are none where runs go elsewhere (§8.2)", () => {
    expect(paths(onActions({ executor: "fly-machines" }))).toEqual([]);
  });

  it("are shared by the projects that share a repository, each once (§5.1)", () => {
    const shared = paths(onActions(), onActions({ key: "TILL", workflowFile: "till.yml" }));
    expect(shared).toHaveLength(6);
    expect(new Set(shared).size).toBe(6);
    expect(shared).toContain(".github/workflows/till.yml");
    expect(shared).toContain(".github/workflows/claude-implement.yml");
  });
});

describe("the names of workflow files", () => {
  it.each([
    "../../src/main.yml",
    "folder/claude.yml",
    ".hidden.yml",
    "-x.yml",
    "claude.txt",
    "a b.yml",
    "x\n.yml",
    "",
    `${"x".repeat(200)}.yml`,
  ])("may not be %j: they become a path of a commit", (workflowFile) => {
    expect(workflowNameProblems([onActions({ workflowFile })])).toEqual([
      expect.objectContaining({ projectKey: "ACME", field: "workflowFile" }),
    ]);
  });

  it("are one workflow's alone, also among projects that share the repository", () => {
    const problemsOf = (...projects: readonly Project[]) =>
      workflowNameProblems(projects).map(({ projectKey, field }) => `${projectKey} ${field}`);
    expect(problemsOf(onActions(), onActions({ key: "TILL" }))).toEqual([]);
    expect(problemsOf(onActions({ planningWorkflowFile: "claude-implement.yml" }))).toEqual([
      "ACME planningWorkflowFile",
    ]);
    expect(problemsOf(onActions({ workflowFile: "ai-implement-comment-trigger.yml" }))).toEqual([
      "ACME workflowFile",
    ]);
    expect(problemsOf(onActions(), onActions({ key: "TILL", workflowFile: "claude-plan.yml" }))).toEqual([
      "TILL workflowFile",
    ]);
  });
});

describe("a sync follows the saving of a project (§12)", () => {
  const other = { forge: "github", owner: "acme", name: "till", defaultBranch: "main" } as const;
  it.each<[string, Project | null, Project, boolean]>([
    ["that is new", null, onActions(), true],
    ["that is new and runs elsewhere", null, onActions({ executor: "process" }), false],
    ["whose budget changed", onActions(), onActions({ budget: { perDayUsd: 5 } }), false],
    ["that is paused", onActions(), onActions({ paused: true }), false],
    ["that moved to Actions", onActions({ executor: "docker" }), onActions(), true],
    ["that moved away from Actions", onActions(), onActions({ executor: "docker" }), false],
    ["with another repository", onActions(), onActions({ repository: other }), true],
    ["with another workflow file", onActions(), onActions({ workflowFile: "robot.yml" }), true],
    ["with another planning file", onActions(), onActions({ planningWorkflowFile: "robot.yml" }), true],
    ["that plans from now on", onActions({ planningEnabled: false }), onActions(), true],
  ])("%s", (_, before, after, expected) => {
    expect(changesTemplates(before, after)).toBe(expected);
  });
});
