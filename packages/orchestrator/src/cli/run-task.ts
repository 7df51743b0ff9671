import { mkdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { AgentSettings, Job } from "@ai-implement/contracts";
import { execa } from "execa";
import { uuidv7 } from "uuidv7";
import { parse } from "yaml";
import { z } from "zod";
import { branchName } from "../core/messages/branch.ts";
import { messageOf } from "../services/timeout.ts";

export interface RunTaskOptions {
  readonly task: string;
  readonly workspace: string;
  readonly artifacts: string;
  readonly maxTurns: number;
  readonly maxIterations: number;
  readonly maxJobMinutes: number;
  readonly agent: AgentSettings;
  readonly runnerEntry: string;
  /** The runner's own environment; what the agent sees is narrowed by the runner again. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the run early; what was changed by then stays. */
  readonly signal: AbortSignal;
}

/** How long the runner may take to write its report after the signal, in ms. */
const endingGraceMs = 10_000;

/** A task file's size limit in bytes: the same as a ticket's. */
const maxTaskBytes = 256 * 1024;

const maxTitleLength = 1_000;

const frontMatterSchema = z.object({
  id: z.string().max(60).optional(),
  title: z.string().max(maxTitleLength).optional(),
});

/**
 * One task file through the implement pipeline on a local checkout: no tracker, no forge, no commit. The
 * changes stay in the working tree. Returns the runner's exit code.
 */
export const runTask = async (options: RunTaskOptions): Promise<number> => {
  const workspace = resolve(options.workspace);
  if (!(await stat(join(workspace, ".git")).catch(() => null)))
    throw new Error(`${workspace} is not a git checkout: name one with --workspace.`);
  const job = jobOf(options, await readTask(options.task));
  const artifacts = resolve(options.artifacts);
  await makeFolder(artifacts);
  const runner = await execa(
    process.execPath,
    [options.runnerEntry, "--job", "-", "--workspace", workspace, "--artifacts", artifacts],
    {
      // The job carries the model's credential, which must not stay in a file.
      input: JSON.stringify(job),
      stdout: "inherit",
      stderr: "inherit",
      reject: false,
      env: options.environment,
      extendEnv: false,
      cancelSignal: options.signal,
      forceKillAfterDelay: endingGraceMs,
    },
  );
  return runner.exitCode ?? 1;
};

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new Error(
      `The folder ${folder} cannot be made (${messageOf(error)}): name another with --artifacts.`,
    );
  }
};

interface Task {
  readonly identifier: string;
  readonly title: string;
  readonly description: string;
}

const readTask = async (file: string): Promise<Task> => {
  const stats = await stat(file).catch((error: unknown) => {
    throw new Error(`The task file ${file} cannot be read: ${messageOf(error)}`);
  });
  if (!stats.isFile())
    throw new Error(`The task file ${file} is not a file: name a Markdown file with --task.`);
  if (stats.size > maxTaskBytes)
    throw new Error(`The task file ${file} is larger than ${maxTaskBytes / 1024} KiB: shorten it.`);
  const text = await readFile(file, "utf8");
  const [, front, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? [];
  const name = basename(file).replace(/\.[^.]*$/, "");
  if (front === undefined) return { identifier: name, title: firstLine(text) ?? name, description: text };
  const fields = parseFront(file, front);
  return {
    identifier: fields.id ?? name,
    title: fields.title ?? firstLine(body ?? "") ?? name,
    description: body ?? "",
  };
};

const parseFront = (file: string, front: string): z.infer<typeof frontMatterSchema> => {
  try {
    return frontMatterSchema.parse(parse(front, { maxAliasCount: 10 }));
  } catch (error) {
    throw new Error(`The front matter of ${file} cannot be read: ${messageOf(error)}`);
  }
};

/** As long as a title may be in front matter. */
const firstLine = (text: string): string | undefined =>
  text
    .split("\n")
    .map((line) => line.replace(/^#+\s*/, "").trim())
    .find((line) => line !== "")
    ?.slice(0, maxTitleLength);

const jobOf = ({ agent, maxTurns, maxIterations, maxJobMinutes }: RunTaskOptions, task: Task): Job => ({
  runId: uuidv7(),
  phase: "implement",
  runToken: "unused",
  ticket: { id: `task:${task.identifier}`, url: "", relatives: [], ...task },
  repository: {
    cloneUrl: "",
    slug: "local/checkout",
    defaultBranch: "HEAD",
    branch: branchName(task),
    continueBranch: false,
  },
  agent,
  limits: { maxTurns, maxIterations, maxJobMinutes },
});
