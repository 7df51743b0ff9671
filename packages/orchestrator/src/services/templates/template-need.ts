import { type ForgeKind, type Project, type Repository, repositorySlug } from "../../core/project.ts";
import {
  isSameRepository,
  needsTemplates,
  type WantedFile,
  wantedFiles,
  workflowNameProblems,
} from "../../core/templates/wanted-files.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";

/** A forge that takes proposals. */
export type ProposingForge = Forge & Required<Pick<Forge, "propose">>;

/** What a project's repository has to carry, and who would bring it there. */
export type TemplateNeed =
  | {
      readonly kind: "needed";
      readonly repository: Repository;
      readonly forge: ProposingForge;
      readonly wanted: readonly WantedFile[];
    }
  | { readonly kind: "not-found" }
  /** There is nothing to bring, or nobody to bring it; `why` is a sentence. */
  | { readonly kind: "not-here"; readonly why: string };

interface NeedDependencies {
  readonly store: Pick<Store, "listProjects">;
  readonly adapters: Pick<Adapters, "forges">;
}

export const needOfProject = async (
  { store, adapters }: NeedDependencies,
  projectKey: string,
): Promise<TemplateNeed> => {
  const projects = (await store.listProjects()).map(({ value }) => value);
  const project = projects.find(({ key }) => key === projectKey);
  return project === undefined ? { kind: "not-found" } : needOf(adapters.forges, project, projects);
};

/** `not-found`: no project has its runs there any more. */
export const needOfRepository = async (
  { store, adapters }: NeedDependencies,
  repository: Repository,
): Promise<TemplateNeed> => {
  const projects = (await store.listProjects()).map(({ value }) => value);
  const project = projects.find(
    (other) => needsTemplates(other) && isSameRepository(other.repository, repository),
  );
  return project === undefined ? { kind: "not-found" } : needOf(adapters.forges, project, projects);
};

/** The projects that share a repository share its files (§5.1). */
const needOf = (
  forges: ReadonlyMap<ForgeKind, Forge>,
  { key, repository, executor }: Project,
  projects: readonly Project[],
): TemplateNeed => {
  if (executor !== "github-actions")
    return notHere(
      `The runs of ${key} go to ${executor}: only github-actions needs workflows in the repository.`,
    );
  const forge = forges.get(repository.forge);
  if (forge === undefined)
    return notHere(
      `The forge "${repository.forge}" of ${key} is not configured here: \`ai-implement config\` shows what is.`,
    );
  if (!takesProposals(forge))
    return notHere(`${repositorySlug(repository)} is on the ${forge.kind} forge, which has no workflows.`);
  const sharing = projects.filter((other) => isSameRepository(other.repository, repository));
  const [problem] = workflowNameProblems(sharing);
  return problem === undefined
    ? { kind: "needed", repository, forge, wanted: wantedFiles(sharing) }
    : notHere(`The ${problem.field} of ${problem.projectKey} ${problem.problem}.`);
};

const notHere = (why: string) => ({ kind: "not-here", why }) as const;

const takesProposals = (forge: Forge): forge is ProposingForge => forge.propose !== undefined;
