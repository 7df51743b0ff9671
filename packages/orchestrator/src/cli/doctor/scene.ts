import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { bulkhead } from "cockatiel";
import { openSqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import { readTemplates, templatesDirectory } from "../../adapters/templates/read-templates.ts";
import type { Config } from "../../config.ts";
import type { ExecutorKind, ForgeKind, Project } from "../../core/project.ts";
import type { TrackerKind } from "../../core/ticket.ts";
import { clock, createAdapters, createTrackers, type TrackerOptions } from "../../from-config.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Logger } from "../../ports/logger.ts";
import type { SetupFinding } from "../../ports/setup-finding.ts";
import type { Tracker } from "../../ports/tracker.ts";
import { createRepositoryFiles, type RepositoryFiles } from "../../services/repository/repository-files.ts";
import { createTemplateSync, type TemplateSync } from "../../services/templates/template-sync.ts";
import { messageOf } from "../../services/timeout.ts";
import type { LoadedConfig } from "../load-config.ts";
import type { Ask } from "./ask.ts";
import { type Finding, fromSetup } from "./finding.ts";

export const trackerTitles: Readonly<Record<TrackerKind, string>> = {
  linear: "Linear",
  jira: "Jira",
  folder: "Folder of tickets",
};

export type DatabaseLook =
  /** Nothing has run here yet. */
  | { readonly kind: "absent"; readonly path: string }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "unreadable"; readonly why: string }
  /** `DATABASE_URL`, which this version refuses: the settings say so. */
  | { readonly kind: "refused" };

/** What is configured, and may only be asked how it is. */
interface Patients {
  readonly trackers: ReadonlyMap<TrackerKind, Pick<Tracker, "check">>;
  readonly forges: ReadonlyMap<ForgeKind, Pick<Forge, "check">>;
  readonly executors: ReadonlySet<ExecutorKind>;
  /** The engine of local containers; null: none is configured. @throws DeliveryError */
  readonly checkContainers: (() => Promise<readonly SetupFinding[]>) | null;
  /** How our files stand in a project's repository. @throws DeliveryError */
  readonly templateStatus: TemplateSync["status"];
  /** A repository's settings for us. */
  readonly repositoryCheck: RepositoryFiles["check"];
}

/** All that there is to look at, once the settings are right. */
export interface Scene extends Patients {
  readonly loaded: LoadedConfig;
  readonly config: Config;
  readonly database: DatabaseLook;
  /** Null: the database could not be read. */
  readonly projects: readonly Project[] | null;
  /** The key of the one project that was asked for. */
  readonly onlyProject: string | null;
  readonly ask: Ask;
  /** `PATH`, where programs are found. */
  readonly path: string;
  /** What a tracker says of a project, or with null of its account alone: asked once, however often. */
  check(kind: TrackerKind, project: Project | null): Promise<readonly Finding[]>;
}

export interface SceneOptions {
  readonly loaded: LoadedConfig;
  readonly config: Config;
  readonly onlyProject: string | null;
  readonly ask: Ask;
  readonly logger: Logger;
  readonly path: string;
  readonly patience: NonNullable<TrackerOptions["patience"]>;
}

interface Opened extends Patients {
  readonly database: DatabaseLook;
  readonly projects: readonly Project[] | null;
  close(): Promise<void>;
}

/** A tracker answers for a few projects at a time: the hundredth one's time begins when it is its turn. */
const roomFor = () => bulkhead(4, Number.POSITIVE_INFINITY);

/** Looks with the scene, and closes what was opened for it. */
export const withScene = async <Value>(
  options: SceneOptions,
  look: (scene: Scene) => Promise<Value>,
): Promise<Value> => {
  const { loaded, config, onlyProject, ask, path } = options;
  const { close, ...opened } = await open(options);
  const answers = new Map<string, Promise<readonly Finding[]>>();
  const rooms = new Map([...opened.trackers.keys()].map((kind) => [kind, roomFor()]));
  const check: Scene["check"] = (kind, project) => {
    const tracker = opened.trackers.get(kind);
    const room = rooms.get(kind);
    if (tracker === undefined || room === undefined) return Promise.resolve([]);
    const about = `${kind} ${project?.key ?? ""}`;
    const asked =
      answers.get(about) ??
      room.execute(() => ask(trackerTitles[kind], async () => (await tracker.check(project)).map(fromSetup)));
    answers.set(about, asked);
    return asked;
  };
  try {
    return await look({ loaded, config, onlyProject, ask, path, check, ...opened });
  } finally {
    await close();
  }
};

const open = async (options: SceneOptions): Promise<Opened> => {
  const { config, path, logger, patience } = options;
  // Not read-only: that a key may write is a thing to look at, and no check changes anything.
  const { trackers } = await createTrackers(config, { patience });
  const withoutDatabase = (database: DatabaseLook): Opened => ({
    database,
    trackers,
    forges: new Map(),
    executors: new Set(),
    checkContainers: null,
    templateStatus: async () => ({ kind: "not-found" }),
    repositoryCheck: async () => ({ image: null, problems: [], checkedAt: clock.now(), error: null }),
    projects: null,
    close: async () => undefined,
  });
  if (config.store.kind !== "sqlite") return withoutDatabase({ kind: "refused" });
  const file = resolve(config.store.path);
  try {
    const kind = existsSync(file) ? "read" : "absent";
    const { store, localPullRequests } = await openSqliteStore({ path: file, openReadOnly: true });
    const projects = (await store.listProjects()).map(({ value }) => value);
    const adapters = await createAdapters(config, localPullRequests, { readOnly: true, path, logger });
    const { forges, executors } = adapters;
    const templates = () => readTemplates(templatesDirectory());
    const { status } = createTemplateSync({ store, adapters, templates, logger });
    const { check } = createRepositoryFiles({ adapters, clock, logger, sessionImage: null });
    return {
      database: { kind, path: file },
      trackers,
      forges,
      executors: new Set(executors.keys()),
      checkContainers: executors.get("docker")?.check ?? null,
      templateStatus: status,
      repositoryCheck: check,
      projects,
      close: () => store.close(),
    };
  } catch (error) {
    return withoutDatabase({ kind: "unreadable", why: messageOf(error) });
  }
};
