import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { rehearsalScript } from "./rehearsal-script.ts";
import { sampleFiles, sampleRepository } from "./sample-repository.ts";
import { sampleTicketFiles } from "./sample-tickets.ts";

export interface DemoFolder {
  readonly path: string;
  /** The bare repository that the pull requests go to. */
  readonly repository: string;
  readonly tickets: string;
  readonly log: string;
  readonly port: number;
  /** The settings written to its `.env`: `ai-implement start` and `plan` work from inside the folder. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PrepareOptions {
  /** Made when absent; a fresh temporary folder when not given. */
  readonly path?: string;
  /** Without a model credential a scripted agent rehearses. */
  readonly rehearsal: boolean;
  /** How long the scripted agent pretends to think, in seconds. */
  readonly secondsPerStep: number;
}

/** Everything the demo needs, in one folder that can be thrown away: repository, tickets, settings. */
export const prepareDemo = async (options: PrepareOptions): Promise<DemoFolder> => {
  const path = options.path ?? (await mkdtemp(join(tmpdir(), "ai-implement-demo-")));
  const port = await freePort();
  const script = join(path, "rehearsal.json");
  const folder: DemoFolder = {
    path,
    repository: join(path, "forge", sampleRepository.owner, `${sampleRepository.name}.git`),
    tickets: join(path, "tickets", "tally"),
    log: join(path, "orchestrator.log"),
    port,
    environment: {
      TICKETS_DIR: join(path, "tickets"),
      LOCAL_FORGE_DIR: join(path, "forge"),
      DEDUP_DB_PATH: join(path, "ai-implement.sqlite"),
      ATTEMPTS_DIR: join(path, "attempts"),
      ADMIN_ACCESS_CODE: randomBytes(12).toString("base64url"),
      PORT: String(port),
      POLL_INTERVAL_MS: "1000",
      RETRY_BASE_MS: "1000",
      ...(options.rehearsal ? { AGENT_SCRIPT: script } : {}),
    },
  };
  await writeFiles(folder.tickets, sampleTicketFiles);
  await makeRepository(folder.repository, join(path, "first-commit"));
  if (options.rehearsal)
    await writeFile(script, JSON.stringify(rehearsalScript(options.secondsPerStep), null, 2));
  const lines = Object.entries(folder.environment).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(path, ".env"), lines.join(""), { mode: 0o600 });
  return folder;
};

/** The project that maps the ticket folder to the repository. One ticket at a time, so that one has to wait. */
export const demoMapping = {
  teamKey: "TALLY",
  forge: "local",
  owner: sampleRepository.owner,
  repo: sampleRepository.name,
  defaultBranch: sampleRepository.defaultBranch,
  ticketingProvider: "folder",
  ticketingConfig: { kind: "folder", path: "tally" },
  executionMode: "process",
  maxInProgressAiIssues: 1,
  budget: { perRunUsd: 1 },
} as const;

const writeFiles = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
};

const makeRepository = async (bare: string, checkout: string): Promise<void> => {
  await writeFiles(checkout, sampleFiles);
  await mkdir(dirname(bare), { recursive: true });
  const { defaultBranch } = sampleRepository;
  await git(checkout, "init", "--quiet", `--initial-branch=${defaultBranch}`);
  await git(checkout, "add", "--all");
  await git(checkout, "commit", "--quiet", "--message", "A small program with tests");
  await git(checkout, "clone", "--quiet", "--bare", ".", bare);
};

/** A person's own git settings (hooks, signing, templates) are none of the demo's business. */
export const demoGitEnvironment = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Demo",
  GIT_AUTHOR_EMAIL: "demo@localhost",
  GIT_COMMITTER_NAME: "Demo",
  GIT_COMMITTER_EMAIL: "demo@localhost",
} as const;

const git = (directory: string, ...args: readonly string[]) =>
  execa("git", args, { cwd: directory, env: demoGitEnvironment, timeout: 30_000 });

/** A port that nothing listens on now. It is kept in the folder's settings, so a later start has the same one. */
const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("The system gave no free port."));
      });
    });
  });
