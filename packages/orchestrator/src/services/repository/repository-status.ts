import type { RepositoryStatus } from "@ai-implement/contracts";
import { oneLine } from "../../core/messages/foreign.ts";
import { type Project, repositorySlug } from "../../core/project.ts";
import { needsTemplates } from "../../core/templates/wanted-files.ts";
import { seconds } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";
import { mapLimited } from "../map-limited.ts";
import type { TemplateSync } from "../templates/template-sync.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import type { RepositoryFiles } from "./repository-files.ts";

/** What people should know of the projects' repositories: our files in them, and their settings for us. */
export interface RepositoryStatuses {
  /** Null: there is no such project. What could not be read is its `error`. */
  find(teamKey: string): Promise<RepositoryStatus | null>;
  /** In this order, without those that are not there. One that cannot be read is no reason to be silent about the others. */
  list(teamKeys: readonly string[]): Promise<readonly RepositoryStatus[]>;
}

export interface RepositoryStatusDependencies {
  readonly store: Pick<Store, "findProject">;
  readonly templateSync: Pick<TemplateSync, "status">;
  readonly repositoryFiles: Pick<RepositoryFiles, "check">;
}

/** Repositories that are looked at together. */
const atOnce = 8;
const timeoutMs = seconds(15);

export const createRepositoryStatuses = (dependencies: RepositoryStatusDependencies): RepositoryStatuses => {
  const find = async (teamKey: string): Promise<RepositoryStatus | null> => {
    const project = await dependencies.store.findProject(teamKey);
    return project === null ? null : statusOf(dependencies, project.value);
  };
  return {
    find,
    async list(teamKeys) {
      const found = await mapLimited(teamKeys, atOnce, find);
      return found.filter((status) => status !== null);
    },
  };
};

const statusOf = async (
  { templateSync, repositoryFiles }: RepositoryStatusDependencies,
  project: Project,
): Promise<RepositoryStatus> => {
  const { key, repository } = project;
  const [templates, { image, problems, checkedAt, error }] = await Promise.all([
    templatesOf(templateSync, project),
    repositoryFiles.check(repository),
  ]);
  const failure = templates.error ?? error;
  return {
    teamKey: key,
    repository: repositorySlug(repository),
    checkedAt: new Date(checkedAt).toISOString(),
    files: templates.files,
    image,
    problems: [...problems],
    error: failure === null ? null : oneLine(failure),
  };
};

/** A project that needs none of our files has none to be wrong; one that needs them and cannot have them is told why. */
const templatesOf = async (
  templateSync: Pick<TemplateSync, "status">,
  project: Project,
): Promise<{ readonly files: RepositoryStatus["files"]; readonly error: string | null }> => {
  try {
    const status = await withTimeout(templateSync.status(project.key), timeoutMs, "The code host");
    if (status.kind === "done") return { files: [...status.files], error: null };
    return status.kind === "not-here" && needsTemplates(project)
      ? { files: null, error: status.why }
      : { files: [], error: null };
  } catch (error) {
    return { files: null, error: messageOf(error) };
  }
};
