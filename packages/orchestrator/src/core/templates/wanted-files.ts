import { type Project, type Repository, repositorySlug } from "../project.ts";

/** The files of the `templates/` folder. */
export const templateNames = [
  "claude-implement.yml",
  "claude-plan.yml",
  "comment-trigger.yml",
  "WORKFLOW.md",
  "PLANNING.md",
] as const;
export type TemplateName = (typeof templateNames)[number];

/** Their texts, by name. */
export type Templates = ReadonlyMap<TemplateName, string>;

/** Where GitHub looks for workflows; folders in it are not looked into. */
export const workflowFolder = ".github/workflows";

/** A file that a repository has to carry (§12). */
export type WantedFile =
  /** Ours: kept as the template is. */
  | { readonly kind: "workflow"; readonly path: string; readonly template: TemplateName }
  /** Comes once, with its workflow, and is the repository's own from then on. */
  | {
      readonly kind: "seed";
      readonly path: string;
      readonly template: TemplateName;
      readonly comesWith: TemplateName;
    };

/** Only GitHub Actions reads its instructions from the repository (§8.4). */
export const needsTemplates = ({ executor }: Project): boolean => executor === "github-actions";

const addressOf = (repository: Repository): string =>
  `${repository.forge}:${repositorySlug(repository).toLowerCase()}`;

export const isSameRepository = (one: Repository, other: Repository): boolean =>
  addressOf(one) === addressOf(other);

const commentTrigger = "ai-implement-comment-trigger.yml";

interface NamedWorkflow {
  readonly field: "workflowFile" | "planningWorkflowFile";
  readonly template: TemplateName;
  readonly name: string;
}

const namedWorkflows = (project: Project): readonly NamedWorkflow[] => [
  { field: "workflowFile", template: "claude-implement.yml", name: project.workflowFile },
  ...(project.planningEnabled
    ? [
        {
          field: "planningWorkflowFile",
          template: "claude-plan.yml",
          name: project.planningWorkflowFile,
        } as const,
      ]
    : []),
];

/** All that one repository has to carry for the projects that share it (§5.1), each path once. */
export const wantedFiles = (projects: readonly Project[]): readonly WantedFile[] => {
  const files = projects.filter(needsTemplates).flatMap(filesOf);
  return [...new Map(files.map((file) => [file.path, file])).values()];
};

const filesOf = (project: Project): readonly WantedFile[] => [
  ...namedWorkflows(project).map(({ template, name }) => workflow(template, name)),
  workflow("comment-trigger.yml", commentTrigger),
  { kind: "seed", path: "WORKFLOW.md", template: "WORKFLOW.md", comesWith: "claude-implement.yml" },
  ...(project.planningEnabled
    ? [{ kind: "seed", path: "PLANNING.md", template: "PLANNING.md", comesWith: "claude-plan.yml" } as const]
    : []),
];

const workflow = (template: TemplateName, name: string): WantedFile => ({
  kind: "workflow",
  path: `${workflowFolder}/${name}`,
  template,
});

/** What is wrong with the name that a project gives a workflow. */
export interface WorkflowNameProblem {
  readonly projectKey: string;
  readonly field: NamedWorkflow["field"];
  /** Ends the sentence that begins with the field. */
  readonly problem: string;
}

const roles: Readonly<Record<TemplateName, string>> = {
  "claude-implement.yml": "the implement workflow",
  "claude-plan.yml": "the planning workflow",
  "comment-trigger.yml": "the comment trigger",
  "WORKFLOW.md": "the prompt",
  "PLANNING.md": "the planning prompt",
};

/** It becomes a path of a commit and of requests: one plain name, which GitHub takes for a workflow's. */
const plainName = /^[A-Za-z0-9][\w.-]{0,95}\.ya?ml$/;

/** Of projects that share a repository: a file can be one workflow only. Of two that clash, the later one has the problem. */
export const workflowNameProblems = (projects: readonly Project[]): readonly WorkflowNameProblem[] => {
  const takenBy = new Map<string, TemplateName>([[commentTrigger, "comment-trigger.yml"]]);
  const problemOf = ({ name, template }: NamedWorkflow): string | null => {
    if (!plainName.test(name))
      return `has to be the name of a file in ${workflowFolder}: letters, digits, '.', '_' and '-', ending in .yml or .yaml`;
    const holder = takenBy.get(name) ?? template;
    takenBy.set(name, holder);
    return holder === template
      ? null
      : `names ${name}, which is the file of ${roles[holder]} in this repository: choose another name`;
  };
  return projects.filter(needsTemplates).flatMap((project) =>
    namedWorkflows(project).flatMap((named) => {
      const problem = problemOf(named);
      return problem === null ? [] : [{ projectKey: project.key, field: named.field, problem }];
    }),
  );
};

/** Whether saving a project changes what its repository has to carry. `before` null: it is new. */
export const changesTemplates = (before: Project | null, after: Project): boolean =>
  needsTemplates(after) &&
  (before === null ||
    !needsTemplates(before) ||
    !isSameRepository(before.repository, after.repository) ||
    before.repository.defaultBranch !== after.repository.defaultBranch ||
    pathsOf(before) !== pathsOf(after));

const pathsOf = (project: Project): string =>
  wantedFiles([project])
    .map(({ path, template }) => `${template} ${path}`)
    .join("\n");
