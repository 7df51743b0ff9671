import type { Project } from "../../core/project.ts";
import { isSameRepository, workflowNameProblems } from "../../core/templates/wanted-files.ts";
import type { SetupFinding } from "../../ports/setup-finding.ts";
import { type Adapters, forgeFor, trackerFor } from "../adapters.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import type { FieldProblem } from "./field-problem.ts";
import { ambiguousJql, sharedFolder, trackerNames } from "./project-neighbours.ts";

/** What can be said of a project without asking anybody outside. Pure. */
export const problemsHere = (
  adapters: Adapters,
  project: Project,
  stored: readonly Project[],
): readonly FieldProblem[] => {
  const others = stored.filter(({ key }) => key !== project.key);
  return [
    ...notYetHonoured(project),
    ...missingAdapters(adapters, project),
    ...misplacedRuns(project),
    ...sharedFolder(project, others),
    ...ambiguousJql(project, others),
    ...workflowNames(project, others),
  ];
};

/** Of two projects that share a repository, the one that was there first keeps the name. */
const workflowNames = (project: Project, others: readonly Project[]): readonly FieldProblem[] => {
  const sharing = others.filter(({ repository }) => isSameRepository(repository, project.repository));
  return workflowNameProblems([...sharing, project])
    .filter(({ projectKey }) => projectKey === project.key)
    .map(({ field, problem }) => ({ field, problem }));
};

/** What tracker and forge say of it, both asked at once. */
export const problemsOutside = async (
  adapters: Adapters,
  project: Project,
): Promise<readonly FieldProblem[]> => {
  const tracker = trackerFor(adapters, project.ticketing.kind);
  const forge = forgeFor(adapters, project.repository.forge);
  const [inTracker, inForge] = await Promise.all([
    answered("ticketingConfig", tracker.check(project), `The ${trackerNames[tracker.kind]} tracker`),
    answered("repo", forge.check(project.repository), `The ${forge.kind} forge`),
  ]);
  return [...inTracker, ...inForge];
};

const checkTimeoutMs = 30_000;

/**
 * A check that cannot be made is a problem like any other: somebody is waiting at a form.
 * @param field of what has no field of its own
 */
const answered = async (
  field: string,
  checking: Promise<readonly SetupFinding[]>,
  what: string,
): Promise<readonly FieldProblem[]> => {
  try {
    return fieldProblems(field, await withTimeout(checking, checkTimeoutMs, what));
  } catch (error) {
    return [{ field, problem: asSentence(messageOf(error)) }];
  }
};

/** What is mended in the same way is one problem: of eight missing options a form shows one sentence about the cure. */
const fieldProblems = (otherwise: string, findings: readonly SetupFinding[]): readonly FieldProblem[] => {
  const complaints = new Map<string, { readonly field: string; readonly fix: string; whats: string[] }>();
  for (const { subject, problem } of findings) {
    if (problem === null) continue;
    // A key that is wrong has no field in the form: it stands beside the whole of its vendor's part.
    const field = formFields.has(subject) ? subject : otherwise;
    const about = JSON.stringify([field, problem.fix]);
    const complaint = complaints.get(about) ?? { field, fix: problem.fix, whats: [] };
    complaint.whats.push(field === subject ? asSentence(problem.what) : naming(subject, problem.what));
    complaints.set(about, complaint);
  }
  return [...complaints.values()].map(({ field, fix, whats }) => ({
    field,
    problem: [...whats, asSentence(fix)].join(" "),
  }));
};

const formFields: ReadonlySet<string> = new Set([
  "teamKey",
  "ticketingConfig.jql",
  "ticketingConfig.repoFieldValue",
  "ticketingConfig.path",
  "owner",
  "repo",
  "defaultBranch",
]);

/** The sentence, with its subject in front where it does not name it itself. */
const naming = (subject: string, what: string): string => {
  const said = new Set(wordsOf(what));
  const isNamed = wordsOf(subject).every((word) => said.has(word));
  return asSentence(isNamed ? what : `${subject}: ${what}`);
};

const fillers: ReadonlySet<string> = new Set(["a", "the", "of", "to"]);

const wordsOf = (text: string): readonly string[] =>
  (text.toLowerCase().match(/[\w-]+/g) ?? []).filter((word) => !fillers.has(word));

const asSentence = (clause: string): string => {
  const begun = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
  return /[.!?]$/.test(begun) || /https?:\S+$/.test(begun) ? begun : `${begun}.`;
};

/** Who sets these relies on them: better refused than stored and ignored. */
const notYetHonoured = ({ extraEnv }: Project): readonly FieldProblem[] => {
  const problem = "this version does not honour it yet: leave it out";
  return Object.keys(extraEnv).length === 0 ? [] : [{ field: "extraEnv", problem }];
};

/** Actions run where the repository is. */
const misplacedRuns = ({ executor, repository }: Project): readonly FieldProblem[] =>
  executor === "github-actions" && repository.forge !== "github"
    ? [
        {
          field: "executionMode",
          problem: `github-actions runs in repositories on GitHub, and this one is on the ${repository.forge} forge`,
        },
      ]
    : [];

const missingAdapters = (adapters: Adapters, project: Project): readonly FieldProblem[] => {
  const missing = (field: string, what: string, kind: string, have: Iterable<string>): FieldProblem => ({
    field,
    problem: `the ${what} "${kind}" is not configured here; configured: ${[...have].join(", ") || "none"}`,
  });
  const { ticketing, repository, executor } = project;
  return [
    ...(adapters.trackers.has(ticketing.kind)
      ? []
      : [missing("ticketingProvider", "tracker", ticketing.kind, adapters.trackers.keys())]),
    ...(adapters.forges.has(repository.forge)
      ? []
      : [missing("forge", "forge", repository.forge, adapters.forges.keys())]),
    ...(adapters.executors.has(executor)
      ? []
      : [missing("executionMode", "executor", executor, adapters.executors.keys())]),
    ...(executor === "docker" && repository.forge === "local"
      ? [
          {
            field: "executionMode" as const,
            problem: "a container does not see the folders of the local forge: use process",
          },
        ]
      : []),
  ];
};
