import { isDeepStrictEqual } from "node:util";
import type { Mapping } from "@ai-implement/contracts";
import { mappingOf } from "../../core/mapping.ts";
import type { Project } from "../../core/project.ts";
import type { EffectIntent } from "../../core/runs/effects.ts";
import { changesTemplates } from "../../core/templates/wanted-files.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store, Versioned } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import type { FieldProblem } from "./field-problem.ts";
import { problemsHere, problemsOutside } from "./project-checks.ts";
import { keyTaken } from "./project-neighbours.ts";
import { readMapping } from "./read-mapping.ts";

export type SaveOutcome =
  | { readonly kind: "saved"; readonly mapping: Versioned<Mapping> }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] }
  | { readonly kind: "not-found" }
  /** The key is taken, or the version is no longer the stored one. `why` also says what to do. */
  | { readonly kind: "conflict"; readonly why: string };

/** Projects as the HTTP API and the CLI see them: whole, validated, with what is wrong named by field. */
export interface ProjectService {
  list(): Promise<readonly Versioned<Mapping>[]>;
  find(teamKey: string): Promise<Versioned<Mapping> | null>;
  /** `input` is foreign: it is parsed here, then checked against other projects, executors, tracker and forge. */
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
  readonly clock: Clock;
  /** Something changed that the next decision should see. */
  readonly onChange: () => void;
}

export const createProjectService = ({
  store,
  adapters,
  clock,
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
    const read = readMapping(input);
    if (read.kind === "invalid") return read;
    const { project } = read;
    const stored = await projectsIn(store);
    const holder = stored.find(({ key }) => key === project.key);
    if (holder !== undefined) return { kind: "conflict", why: keyTaken(project, holder) };
    const problems = await problemsOf(adapters, project, stored);
    if (problems.length > 0) return { kind: "invalid", problems };
    const effects = syncAfter(null, { value: project, version: 1 }, clock.now());
    if ((await store.createProject(project, effects)) === "conflict")
      return { kind: "conflict", why: takenMeanwhile(project.key) };
    onChange();
    return saved(store, project.key);
  },

  async update(teamKey, patch, version) {
    const found = await store.findProject(teamKey);
    if (found === null) return { kind: "not-found" };
    if (version !== null && version !== found.version) return changedMeanwhile;
    if ("teamKey" in patch && patch["teamKey"] !== teamKey)
      return invalid(
        "teamKey",
        "the key names the project and cannot be changed: delete it and create another",
      );
    const read = readMapping(patched(mappingOf(found.value), patch));
    if (read.kind === "invalid") return read;
    const { project } = read;
    const problems = await problemsOf(adapters, project, await projectsIn(store), found.value);
    if (problems.length > 0) return { kind: "invalid", problems };
    const effects = syncAfter(found.value, { value: project, version: found.version + 1 }, clock.now());
    const result = await store.updateProject({ value: project, version: found.version }, effects);
    if (result === "conflict") return changedMeanwhile;
    onChange();
    return saved(store, teamKey);
  },

  async remove(teamKey) {
    if ((await store.findProject(teamKey)) === null) return "not-found";
    const live = await store.listLiveRuns();
    if (live.some(({ value }) => value.projectKey === teamKey)) return "busy";
    await store.deleteProject(teamKey);
    onChange();
    return "removed";
  },
});

/**
 * What its repository has to carry follows from how it was saved (§12). The time is part of the key: a project that was
 * deleted and made again has the versions that it had before.
 */
const syncAfter = (
  before: Project | null,
  { value: after, version }: Versioned<Project>,
  now: Instant,
): readonly EffectIntent[] =>
  changesTemplates(before, after)
    ? [
        {
          key: `sync:${after.key}:${version}:${now}`,
          ticketId: `project:${after.key}`,
          runId: null,
          effect: { kind: "sync-templates", projectKey: after.key, forge: after.repository.forge },
        },
      ]
    : [];

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

const changedMeanwhile: SaveOutcome = {
  kind: "conflict",
  why: "The mapping was changed since you read it: read it again.",
};

const takenMeanwhile = (key: string): string =>
  `The teamKey "${key}" was taken while this was checked: read /api/mappings/${key}, then PATCH it or choose another key.`;

const projectsIn = async (store: Store): Promise<readonly Project[]> =>
  (await store.listProjects()).map(({ value }) => value);

/**
 * First what is known here, then what only the world knows: each step says all that is wrong at once. An edit that
 * changes nothing about tracker and repository (`before`) asks neither: a project can be paused while they are down.
 */
const problemsOf = async (
  adapters: Adapters,
  project: Project,
  stored: readonly Project[],
  before: Project | null = null,
): Promise<readonly FieldProblem[]> => {
  const problems = problemsHere(adapters, project, stored);
  return problems.length > 0 || (before !== null && isSamePlace(before, project))
    ? problems
    : problemsOutside(adapters, project);
};

const isSamePlace = (before: Project, after: Project): boolean =>
  isDeepStrictEqual([before.ticketing, before.repository], [after.ticketing, after.repository]);
