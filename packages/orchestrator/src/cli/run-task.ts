import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
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
}

/** A task file's size limit in bytes: the same as a ticket's. */
const maxTaskBytes = 256 * 1024;

const frontMatterSchema = z.object({
  id: z.string().max(60).optional(),
  title: z.string().max(1_000).optional(),
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
  await mkdir(artifacts, { recursive: true });
  const jobFile = join(artifacts, "job.json");
  // It names a model credential: for nobody else's eyes.
  await writeFile(jobFile, JSON.stringify(job), { mode: 0o600 });
  const runner = await execa(
    process.execPath,
    [options.runnerEntry, "--job", jobFile, "--workspace", workspace, "--artifacts", artifacts],
    { stdio: "inherit", reject: false, env: options.environment, extendEnv: false },
  );
  return runner.exitCode ?? 1;
};

interface Task {
  readonly identifier: string;
  readonly title: string;
  readonly description: string;
}

const readTask = async (file: string): Promise<Task> => {
  const { size } = await stat(file).catch((error: unknown) => {
    throw new Error(`The task file ${file} cannot be read: ${messageOf(error)}`);
  });
  if (size > maxTaskBytes)
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

const firstLine = (text: string): string | undefined =>
  text
    .split("\n")
    .map((line) => line.replace(/^#+\s*/, "").trim())
    .find((line) => line !== "");

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
