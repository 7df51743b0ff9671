import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type OpenaiEmulator, startOpenaiEmulator } from "@ai-implement/emulators/openai/emulator.ts";
import type { Scenario } from "@ai-implement/emulators/openai/scenario.ts";
import { createSharedSandbox } from "../../../sandbox/shared-sandbox.ts";
import type { Agent, AgentOutcome, AgentRequest } from "../../agent.ts";
import { type CodexOptions, createCodex } from "../codex.ts";

const repositoryRoot = join(import.meta.dirname, "../../../../../..");

/** The real CLI where it is installed. It is 400 MB, and so not brought by `npm test`; null where it is not. */
export const codexCommand = (given: string | undefined): string | null => {
  const command = given ?? join(repositoryRoot, ".tools/codex/node_modules/.bin/codex");
  try {
    accessSync(command);
    return command;
  } catch {
    return null;
  }
};

/** What a group of tests with the real CLI is called: when it is skipped, its name says why. */
export const withRealCodex = (name: string, command: string | null): string =>
  command === null
    ? `${name} (skipped: node scripts/codex.mjs installs it, or set AI_IMPLEMENT_CODEX)`
    : name;

export interface Stage {
  readonly emulator: OpenaiEmulator;
  /** A git repository of its own. */
  readonly clone: string;
  readonly home: string;
  readonly activity: string[];
  /** One agent for all sessions, but for those with options of their own. */
  run(request?: Partial<AgentRequest>, options?: Partial<CodexOptions>): Promise<AgentOutcome>;
  readonly agent: Agent;
  close(): Promise<void>;
}

/** A CLI in a fresh home and clone, against a scripted provider. */
export const setTheStage = async (command: string, scenario: Scenario): Promise<Stage> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "codex-")));
  const emulator = await startOpenaiEmulator({ scenario });
  const clone = join(folder, "clone");
  const home = join(folder, "home");
  await mkdir(clone);
  await promisify(execFile)("git", ["init", "--quiet", clone]);
  const activity: string[] = [];
  const options: CodexOptions = {
    command,
    home,
    baseUrl: emulator.url,
    apiKey: "sk-test-key",
    sandbox: createSharedSandbox([]),
    maxRetries: 1,
  };
  const agent = createCodex(options);
  return {
    emulator,
    clone,
    home,
    activity,
    agent,
    run: (request = {}, different) =>
      (different === undefined ? agent : createCodex({ ...options, ...different })).run(
        { ...standardRequest(clone), ...request },
        (line) => activity.push(line),
      ),
    close: async () => {
      await emulator.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

export const standardRequest = (directory: string): AgentRequest => ({
  purpose: "implement",
  prompt: "Work on DEMO-1.",
  directory,
  access: "edit",
  model: "gpt-6.1-sol",
  maxTurns: 10,
  environment: { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" },
  signal: new AbortController().signal,
});
