import type { SyncAnswer, TemplateFile } from "@ai-implement/contracts";
import type { Colors } from "picocolors/types.js";
import { oneLine } from "../core/messages/foreign.ts";
import { type Project, repositorySlug } from "../core/project.ts";
import { isUpToDate } from "../core/templates/assess-templates.ts";
import { needsTemplates } from "../core/templates/wanted-files.ts";
import type { Store } from "../ports/store.ts";
import type { SyncOutcome, TemplateStatus, TemplateSync } from "../services/templates/template-sync.ts";
import { messageOf } from "../services/timeout.ts";
import type { Output } from "./demo/terminal.ts";
import { createWaitingLine } from "./doctor/waiting-line.ts";

export interface SyncCommand {
  readonly store: Pick<Store, "listProjects">;
  readonly templateSync: Pick<TemplateSync, "sync" | "status">;
  readonly flags: {
    /** Only say what a sync would change. */
    readonly check: boolean;
    readonly json: boolean;
    /** Null: all. */
    readonly project: string | null;
  };
  readonly output: Output;
  readonly colours: Colors;
  /** Ends it after the project that is at work. */
  readonly signal: AbortSignal;
}

/** What became of one project. */
export interface SyncLine {
  readonly teamKey: string;
  readonly repository: string;
  /** `stale`: with `--check`, a sync would change something. */
  readonly outcome: SyncAnswer["outcome"] | "stale" | "not-needed" | "failed";
  readonly pullRequest: SyncAnswer["pullRequest"];
  /** As they were found. */
  readonly files: readonly TemplateFile[];
  /** With `not-needed` and `failed`. */
  readonly why: string | null;
}

/**
 * The `sync` command, one project after the other. Returns the exit code: 1 when one failed, and with `--check` when
 * something is not up to date.
 * @throws Error for a key that no project has, and when it is interrupted
 */
export const syncCommand = async (command: SyncCommand): Promise<number> => {
  const { flags, output, colours, signal } = command;
  const projects = await chosenProjects(command);
  const width = Math.max(0, ...projects.map(({ key }) => key.length));
  const waiting = createWaitingLine(flags.json ? null : output, colours);
  const lines: SyncLine[] = [];
  for (const project of projects) {
    if (signal.aborted) throw new Error("interrupted: what was synchronised so far stays.");
    const slug = repositorySlug(project.repository);
    waiting.begin(slug);
    const line = await synchronise(command, project).finally(() => waiting.end(slug));
    lines.push(line);
    if (!flags.json) output.write(renderLine(line, width, colours));
  }
  const ok = lines.every(({ outcome }) => outcome !== "failed" && outcome !== "stale");
  if (flags.json) output.write(`${JSON.stringify({ ok, projects: lines })}\n`);
  else if (lines.length === 0) output.write("No project is stored yet: there is nothing to synchronise.\n");
  return ok ? 0 : 1;
};

const chosenProjects = async ({ store, flags }: SyncCommand): Promise<readonly Project[]> => {
  const stored = (await store.listProjects()).map(({ value }) => value);
  if (flags.project === null) return stored;
  const chosen = stored.filter(({ key }) => key === flags.project);
  if (chosen.length > 0) return chosen;
  const keys = stored.map(({ key }) => key).join(", ");
  throw new Error(
    `There is no project ${flags.project}: ${keys === "" ? "none is stored yet" : `use one of ${keys}`}.`,
  );
};

const synchronise = async ({ templateSync, flags }: SyncCommand, project: Project): Promise<SyncLine> => {
  try {
    return flags.check
      ? lineOf(project, asChecked(await templateSync.status(project.key)))
      : lineOf(project, asSynchronised(await templateSync.sync(project.key)));
  } catch (error) {
    return lineOf(project, { outcome: "failed", why: oneLine(messageOf(error)) });
  }
};

type Result = Pick<SyncLine, "outcome"> & Partial<SyncLine>;

/** What needs our files and cannot have them is a failure; what needs none is not. */
const lineOf = (project: Project, result: Result): SyncLine => ({
  teamKey: project.key,
  repository: repositorySlug(project.repository),
  pullRequest: null,
  files: [],
  why: null,
  ...result,
  ...(result.outcome === "not-needed" && needsTemplates(project) ? { outcome: "failed" } : {}),
});

const asSynchronised = (outcome: SyncOutcome): Result =>
  outcome.kind === "done" ? outcome.answer : notDone(outcome);

const asChecked = (status: TemplateStatus): Result =>
  status.kind === "done"
    ? { outcome: status.files.every(isUpToDate) ? "up-to-date" : "stale", files: status.files }
    : notDone(status);

const notDone = (reason: Exclude<SyncOutcome, { kind: "done" }>): Result =>
  reason.kind === "not-here"
    ? { outcome: "not-needed", why: reason.why }
    : { outcome: "failed", why: "It was deleted meanwhile." };

const renderLine = (line: SyncLine, width: number, colours: Colors): string =>
  `${markOf(line, colours)} ${colours.bold(line.teamKey.padEnd(width))}  ${line.repository}  ${textOf(line)}\n`;

const markOf = ({ outcome }: SyncLine, colours: Colors): string => {
  switch (outcome) {
    case "up-to-date":
    case "proposed":
    case "updated":
      return colours.green("\u2713");
    case "not-needed":
      return colours.dim("\u00b7");
    case "stale":
      return colours.yellow("!");
    case "failed":
      return colours.red("\u2717");
  }
};

const textOf = ({ outcome, pullRequest, files, why }: SyncLine): string => {
  switch (outcome) {
    case "up-to-date":
      return "up to date";
    case "proposed":
      return `proposed in ${pullRequest?.url ?? ""} (${changes(files)})`;
    case "updated":
      return `${pullRequest?.url ?? ""} was brought up to date (${changes(files)})`;
    case "stale":
      return `not up to date: ${changes(files)}`;
    case "not-needed":
    case "failed":
      return why ?? "";
  }
};

const changes = (files: readonly TemplateFile[]): string =>
  files
    .filter((file) => !isUpToDate(file))
    .map(({ path, state, foundAt }) =>
      oneLine(`${path} ${state}${foundAt === undefined ? "" : `, now ${foundAt}`}`),
    )
    .join("; ");
