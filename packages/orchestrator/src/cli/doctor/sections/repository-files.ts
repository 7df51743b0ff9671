import type { TemplateFile } from "@ai-implement/contracts";
import { type Project, repositorySlug } from "../../../core/project.ts";
import { needsTemplates } from "../../../core/templates/wanted-files.ts";
import { type Finding, right, sentence, warning, wrong } from "../finding.ts";
import type { Scene } from "../scene.ts";

/** What the repository of a project that runs on GitHub Actions has on its default branch (§10.2, §12). */
export const repositoryFileFindings = async (
  {
    forges,
    ask,
    templateStatus,
    repositoryCheck,
  }: Pick<Scene, "forges" | "ask" | "templateStatus" | "repositoryCheck">,
  project: Project,
): Promise<readonly Finding[]> => {
  const { key, repository } = project;
  // Where the code host is not configured, that is said already.
  if (!needsTemplates(project) || !forges.has(repository.forge)) return [];
  return ask(repositorySlug(repository), async () => {
    const [templates, { problems, error }] = await Promise.all([
      templateStatus(key),
      repositoryCheck(repository),
    ]);
    const settings =
      error === null
        ? problems.map(({ file, problem, fix }) => warning(file, sentence(problem), fix))
        : [wrong(".ai-implement", sentence(error), mendAccess)];
    switch (templates.kind) {
      case "done":
        return [...workflowFindings(templates.files, key), ...settings];
      case "not-here":
        return [wrong("workflows", templates.why), ...settings];
      case "not-found":
        return settings;
    }
  });
};

const commentTrigger = "ai-implement-comment-trigger.yml";
const mendAccess = "See that the service may read the repository, then run this again.";

const workflowFindings = (files: readonly TemplateFile[], key: string): readonly Finding[] => {
  const found = files.flatMap((file) => findingOf(file, key));
  return found.length > 0 ? found : [right("workflows")];
};

const findingOf = ({ path, state, foundAt }: TemplateFile, key: string): readonly Finding[] => {
  const sync = `Run \`ai-implement sync --project ${key}\` and merge its pull request.`;
  switch (state) {
    case "current":
    case "seeded":
      return [];
    case "missing":
      // One that is seeded comes with its workflow, and is only the repository's own word on how to work.
      if (path.endsWith(".md")) return [];
      return path.endsWith(commentTrigger)
        ? [
            warning(
              path,
              "It is not on the default branch; only repositories without our webhook need it.",
              sync,
            ),
          ]
        : [wrong(path, "It is not on the default branch: no run can start.", sync)];
    case "renamed":
      return [
        wrong(
          path,
          `It is on the default branch as ${foundAt ?? "another file"}: no run can start.`,
          `Give it its name back, or set that name in the project; or: ${sync}`,
        ),
      ];
    case "stale":
      return [warning(path, "An older version is on the default branch.", sync)];
    case "edited":
      return [
        warning(path, "It was changed by hand on the default branch.", `${sync} It takes the change back.`),
      ];
  }
};
