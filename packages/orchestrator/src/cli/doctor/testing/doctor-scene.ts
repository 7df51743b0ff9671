import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { createColors } from "picocolors";
import { z } from "zod";
import { openSqliteStore } from "../../../adapters/store/sqlite/sqlite-store.ts";
import type { Project } from "../../../core/project.ts";
import { doctor } from "../doctor.ts";

const documentSchema = z.object({
  ok: z.boolean(),
  checks: z.number(),
  problems: z.number(),
  warnings: z.number(),
  next: z.array(z.string()),
  sections: z.array(
    z.object({
      title: z.string(),
      findings: z.array(
        z.object({
          status: z.enum(["right", "warning", "wrong"]),
          subject: z.string(),
          what: z.string().nullable(),
          fix: z.string().nullable(),
        }),
      ),
      notes: z.array(z.string()),
    }),
  ),
});
export type DoctorDocument = z.infer<typeof documentSchema>;

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly limitMs?: number;
  /** Columns; absent: no terminal. */
  readonly terminal?: number;
}

/** An installation in a folder of its own: tickets, one bare repository `acme/shop`, and a database once there is a project. */
export interface DoctorScene {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
  store(...projects: readonly Project[]): Promise<void>;
  /** Everything that it prints for a person. */
  run(options?: RunOptions): Promise<{ readonly code: number; readonly text: string }>;
  /** With `--json`. */
  examine(options?: RunOptions): Promise<{ readonly code: number; readonly document: DoctorDocument }>;
  /** Every file below the folder. */
  files(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export const openDoctorScene = async (): Promise<DoctorScene> => {
  const directory = await mkdtemp(join(tmpdir(), "ai-implement-doctor-"));
  await mkdir(join(directory, "tickets"));
  await makeRepository(join(directory, "forge", "acme", "shop.git"));
  const settings = {
    TICKETS_DIR: join(directory, "tickets"),
    LOCAL_FORGE_DIR: join(directory, "forge"),
    DEDUP_DB_PATH: join(directory, "dedup.sqlite"),
    ATTEMPTS_DIR: join(directory, "attempts"),
    ADMIN_ACCESS_CODE: "open-sesame-now",
    ANTHROPIC_API_KEY: "sk-ant-of-the-scene",
    // Any program that says its version.
    AGENT_COMMAND: process.execPath,
  };

  const run = async (json: boolean, options: RunOptions) => {
    const written: string[] = [];
    const { terminal } = options;
    const code = await doctor({
      environment: { ...settings, ...options.environment },
      directory,
      interactive: terminal !== undefined,
      flags: { json, project: options.project ?? null },
      output: {
        isTTY: terminal !== undefined,
        columns: terminal,
        write: (text) => {
          written.push(text);
        },
      },
      colours: createColors(false),
      path: "/usr/local/bin:/usr/bin:/bin",
      signal: new AbortController().signal,
      ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
    });
    return { code, text: written.join("") };
  };

  return {
    directory,
    settings,
    store: async (...projects) => {
      const { store } = await openSqliteStore({ path: settings.DEDUP_DB_PATH });
      for (const project of projects) await store.createProject(project);
      await store.close();
    },
    run: (options = {}) => run(false, options),
    examine: async (options = {}) => {
      const { code, text } = await run(true, options);
      return { code, document: documentSchema.parse(JSON.parse(text)) };
    },
    files: async () => (await readdir(directory, { recursive: true })).sort(),
    close: () => rm(directory, { recursive: true, force: true }),
  };
};

const makeRepository = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true });
  const identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.org"];
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execa("git", [...identity, ...args], { cwd: path, input: "" })).stdout;
  await git("init", "--quiet", "--bare", "--initial-branch=main");
  const tree = await git("hash-object", "-t", "tree", "-w", "--stdin");
  const commit = await git("commit-tree", tree, "-m", "First");
  await git("update-ref", "refs/heads/main", commit);
};

/** What is wrong in a document, as `subject: what → fix`. */
export const wrongIn = ({ sections }: DoctorDocument): readonly string[] =>
  sections.flatMap(({ title, findings }) =>
    findings
      .filter(({ status }) => status === "wrong")
      .map(({ subject, what, fix }) => `${title} | ${subject}: ${what} → ${fix}`),
  );
