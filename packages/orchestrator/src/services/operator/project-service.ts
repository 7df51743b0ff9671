import { resolve } from "node:path";
import { type Mapping, mappingSchema } from "@ai-implement/contracts";
import type { z } from "zod";
import { mappingOf, projectOf } from "../../core/mapping.ts";
import type { Project } from "../../core/project.ts";
import type { Store, Versioned } from "../../ports/store.ts";
import type { Tracker } from "../../ports/tracker.ts";
import { type Adapters, forgeFor, trackerFor } from "../adapters.ts";
import { messageOf, withTimeout } from "../timeout.ts";

export interface FieldProblem {
  /** The field, dotted: `budget.perDayUsd`. */
  readonly field: string;
  readonly problem: string;
}

export type SaveOutcome =
  | { readonly kind: "saved"; readonly mapping: Versioned<Mapping> }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] }
  | { readonly kind: "not-found" }
  /** The key is taken, or the version is no longer the stored one. */
  | { readonly kind: "conflict" };

/** Projects as the HTTP API and the CLI see them: whole, validated, with what is wrong named by field. */
export interface ProjectService {
  list(): Promise<readonly Versioned<Mapping>[]>;
  find(teamKey: string): Promise<Versioned<Mapping> | null>;
  /** `input` is foreign: it is parsed here, then checked against tracker, forge and executors. */
  create(input: unknown): Promise<SaveOutcome>;
  /** A field left out keeps its value; `null` takes an optional one away. `version` null: write whatever is stored now. */
  update(
    teamKey: string,
    patch: Readonly<Record<string, unknown>>,
    version: number | null,
  ): Promise<SaveOutcome>;
  /** `busy`: it has live runs; they must end or be cancelled first. */
  remove(teamKey: string): Promise<"removed" | "not-found" | "busy">;
}

export interface ProjectServiceDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  /** Something changed that the next decision should see. */
  readonly onChange: () => void;
}

export const createProjectService = ({
  store,
  adapters,
  onChange,
}: ProjectServiceDependencies): ProjectService => ({
  async list() {
    return (await store.listProjects()).map(toMapping);
  },

  async find(teamKey) {
    const found = await store.findProject(teamKey);
    return found === null ? null : toMapping(found);
  },

  async create(input) {
    const parsed = await parse(store, adapters, input);
    if (parsed.kind === "invalid") return parsed;
    const result = await store.createProject(parsed.project);
    if (result === "conflict") return { kind: "conflict" };
    onChange();
    return saved(store, parsed.project.key);
  },

  async update(teamKey, patch, version) {
    const found = await store.findProject(teamKey);
    if (found === null) return { kind: "not-found" };
    if (version !== null && version !== found.version) return { kind: "conflict" };
    if ("teamKey" in patch && patch["teamKey"] !== teamKey)
      return invalid(
        "teamKey",
        "the key names the project and cannot be changed: delete it and create another",
      );
    const parsed = await parse(store, adapters, patched(mappingOf(found.value), patch));
    if (parsed.kind === "invalid") return parsed;
    const result = await store.updateProject({ value: parsed.project, version: found.version });
    if (result === "conflict") return { kind: "conflict" };
    onChange();
    return saved(store, teamKey);
  },

  async remove(teamKey) {
    if ((await store.findProject(teamKey)) === null) return "not-found";
    const live = await store.listLiveRuns();
    if (live.some(({ value }) => value.projectKey === teamKey)) return "busy";
    await store.deleteProject(teamKey);
    return "removed";
  },
});

/** `null` takes an optional field away; a field that is left out keeps its value. */
const patched = (mapping: Mapping, patch: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries<unknown>({ ...mapping, ...patch }).filter(([, value]) => value !== null));

const toMapping = ({ value, version }: Versioned<Project>): Versioned<Mapping> => ({
  value: mappingOf(value),
  version,
});

const saved = async (store: Store, key: string): Promise<SaveOutcome> => {
  const found = await store.findProject(key);
  return found === null ? { kind: "not-found" } : { kind: "saved", mapping: toMapping(found) };
};

const invalid = (field: string, problem: string) =>
  ({ kind: "invalid", problems: [{ field, problem }] }) as const;

type Parsed =
  | { readonly kind: "valid"; readonly project: Project }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] };

/** First the shape, then what only the world knows: each step says all that is wrong at once. */
const parse = async (store: Store, adapters: Adapters, input: unknown): Promise<Parsed> => {
  const parsed = mappingSchema.safeParse(input);
  if (!parsed.success) return { kind: "invalid", problems: parsed.error.issues.flatMap(fieldProblems) };
  const project = projectOf(parsed.data);
  const problems = [
    ...notYetHonoured(project),
    ...missingAdapters(adapters, project),
    ...(await sharedFolder(store, project)),
  ];
  if (problems.length > 0) return { kind: "invalid", problems };
  const tracker = trackerFor(adapters, project.ticketing.kind);
  const forge = forgeFor(adapters, project.repository.forge);
  const [inTracker, inForge] = await Promise.all([
    answered(trackerProblems(tracker, project), `The ${tracker.kind} tracker`),
    answered(forge.check(project.repository), `The ${forge.kind} forge`),
  ]);
  const found = [
    ...inTracker.map((problem) => ({ field: "ticketingConfig", problem })),
    ...inForge.map((problem) => ({ field: "repo", problem })),
  ];
  return found.length > 0 ? { kind: "invalid", problems: found } : { kind: "valid", project };
};

const fieldProblems = (issue: z.core.$ZodIssue): readonly FieldProblem[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({
        field: [...issue.path, key].join("."),
        problem: "is not a setting of a project: look for a misspelling",
      }))
    : [{ field: issue.path.join("."), problem: issue.message }];

const trackerProblems = async (tracker: Tracker, project: Project): Promise<readonly string[]> =>
  (await tracker.check(project)).flatMap(({ problem }) =>
    problem === null ? [] : [`${problem.what} ${problem.fix}`],
  );

const checkTimeoutMs = 30_000;

/** A check that cannot be made is a problem like any other: somebody is waiting at a form. */
const answered = async (checking: Promise<readonly string[]>, what: string): Promise<readonly string[]> => {
  try {
    return await withTimeout(checking, checkTimeoutMs, what);
  } catch (error) {
    return [messageOf(error)];
  }
};

/** Who sets these relies on them: better refused than stored and ignored. */
const notYetHonoured = ({ protectedPaths, extraEnv }: Project): readonly FieldProblem[] => {
  const problem = "this version does not honour it yet: leave it out";
  return [
    ...(protectedPaths.length === 0 ? [] : [{ field: "protectedPaths", problem }]),
    ...(Object.keys(extraEnv).length === 0 ? [] : [{ field: "extraEnv", problem }]),
  ];
};

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
  ];
};

/** However they are written: `a/b`, `a//b/`, `a/./b`. */
const samePlace = (path: string, other: string): boolean => resolve("/", path) === resolve("/", other);

/** One folder belongs to one project: its tickets would be dispatched twice otherwise. */
const sharedFolder = async (store: Store, project: Project): Promise<readonly FieldProblem[]> => {
  const { ticketing } = project;
  if (ticketing.kind !== "folder") return [];
  const other = (await store.listProjects()).find(
    ({ value }) =>
      value.key !== project.key &&
      value.ticketing.kind === "folder" &&
      samePlace(value.ticketing.path, ticketing.path),
  );
  return other === undefined
    ? []
    : [
        {
          field: "ticketingConfig.path",
          problem: `the project ${other.value.key} already reads this folder`,
        },
      ];
};
