import { type Project, repositorySlug } from "../../../core/project.ts";
import { type Finding, fromSetup, right, type Section, wrong } from "../finding.ts";
import type { Scene } from "../scene.ts";
import { repositoryFileFindings } from "./repository-files.ts";

/** The stored projects, or the one that was asked for. */
export const chosenProjects = ({ projects, onlyProject }: Scene): readonly Project[] =>
  (projects ?? []).filter(({ key }) => onlyProject === null || key === onlyProject);

/** Each project's scope in its tracker, its repository and its executor. */
export const projectSections = async (scene: Scene): Promise<readonly Section[]> => {
  if (scene.projects === null) return [];
  const chosen = chosenProjects(scene);
  if (chosen.length === 0) return [noProjects(scene, scene.projects)];
  return Promise.all(chosen.map((project) => projectSection(scene, project)));
};

const noProjects = ({ onlyProject, config }: Scene, projects: readonly Project[]): Section => {
  const stored = projects.map(({ key }) => key).join(", ");
  const unknown = (key: string): Finding =>
    wrong(
      `--project ${key}`,
      "There is no project with this key.",
      stored === "" ? "No project is stored yet: leave the option out." : `Use one of ${stored}.`,
    );
  return {
    title: "Projects",
    findings: onlyProject === null ? [] : [unknown(onlyProject)],
    notes: stored === "" ? ["None yet."] : [],
    next: stored === "" ? firstSteps(config.service.adminAccessCode !== null) : [],
  };
};

const firstSteps = (hasAccessCode: boolean): readonly string[] => [
  ...(hasAccessCode ? [] : ["Set ADMIN_ACCESS_CODE: without it there is no admin API."]),
  "Start the service: ai-implement start",
  "Map a tracker scope to a repository: POST /api/mappings (README.md shows it, docs/trackers.md says it for each tracker)",
  "Look again: ai-implement doctor",
];

const projectSection = async (scene: Scene, project: Project): Promise<Section> => {
  const { key, repository, ticketing, paused } = project;
  const [tracker, forge, files] = await Promise.all([
    trackerFindings(scene, project),
    forgeFindings(scene, project),
    repositoryFileFindings(scene, project),
  ]);
  return {
    title: `Project ${key} (${ticketing.kind} → ${repositorySlug(repository)})`,
    findings: [...tracker.findings, ...forge, ...files, executorFinding(scene, project)],
    notes: [...tracker.notes, ...(paused ? ["It is paused: nothing is dispatched for it."] : [])],
  };
};

interface TrackerFindings {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** What the tracker's own section says already is not said again for each project. */
const trackerFindings = async (scene: Scene, project: Project): Promise<TrackerFindings> => {
  const { kind } = project.ticketing;
  if (!scene.trackers.has(kind))
    return { findings: [notConfigured("ticketingProvider", "tracker", kind)], notes: [] };
  const [account, found] = await Promise.all([scene.check(kind, null), scene.check(kind, project)]);
  const isSaid = (finding: Finding): boolean => account.some((other) => saysAsMuch(other, finding));
  return {
    findings: found.filter((finding) => !isSaid(finding)),
    notes: found
      .filter((finding) => finding.kind === "wrong" && isSaid(finding))
      .map(({ subject }) => `${subject}: as above.`),
  };
};

/** What is wrong with the whole account is wrong for a project too, in other words. */
const saysAsMuch = (account: Finding, project: Finding): boolean =>
  account.subject === project.subject && account.kind === project.kind;

const forgeFindings = async (
  { forges, ask }: Scene,
  { repository }: Project,
): Promise<readonly Finding[]> => {
  const forge = forges.get(repository.forge);
  if (forge === undefined) return [notConfigured("forge", "code host", repository.forge)];
  return ask(repositorySlug(repository), async () => (await forge.check(repository)).map(fromSetup));
};

const executorFinding = ({ executors }: Scene, { executor }: Project): Finding =>
  executors.has(executor)
    ? right(`executionMode ${executor}`)
    : notConfigured("executionMode", "executor", executor, [...executors]);

const notConfigured = (
  field: string,
  what: string,
  kind: string,
  configured: readonly string[] = [],
): Finding =>
  wrong(
    field,
    `The ${what} "${kind}" is not configured here.`,
    configured.length === 0
      ? "Set its settings (docs/environment.md), or change the project."
      : `Change the project to one of ${configured.join(", ")}.`,
  );
