import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type AnthropicEmulator,
  startAnthropicEmulator,
} from "@ai-implement/emulators/anthropic/emulator.ts";
import type { Scenario } from "@ai-implement/emulators/anthropic/scenario.ts";
import { createSharedSandbox } from "../../../sandbox/shared-sandbox.ts";
import type { AgentOutcome, AgentRequest } from "../../agent.ts";
import { type ClaudeCodeOptions, createClaudeCode } from "../claude-code.ts";

const repositoryRoot = join(import.meta.dirname, "../../../../../..");

/** The real CLI, as `npm test` puts it there. @throws Error that says how to get it. */
export const claudeCommand = (given: string | undefined): string => {
  const command = given ?? join(repositoryRoot, ".tools/claude-code/node_modules/.bin/claude");
  try {
    accessSync(command);
    return command;
  } catch {
    throw new Error(
      `There is no Claude Code at ${command}. Run \`npm test\`, which installs it, or node scripts/claude-code.mjs, or set AI_IMPLEMENT_CLAUDE.`,
    );
  }
};

export interface Stage {
  readonly emulator: AnthropicEmulator;
  /** A git repository of its own. */
  readonly clone: string;
  readonly home: string;
  readonly activity: string[];
  run(request?: Partial<AgentRequest>, options?: Partial<ClaudeCodeOptions>): Promise<AgentOutcome>;
  close(): Promise<void>;
}

/** The real CLI in a fresh home and clone, against a scripted provider. */
export const setTheStage = async (command: string, scenario: Scenario): Promise<Stage> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "claude-code-")));
  const emulator = await startAnthropicEmulator({ scenario });
  const clone = join(folder, "clone");
  const home = join(folder, "home");
  await mkdir(clone);
  await promisify(execFile)("git", ["init", "--quiet", clone]);
  const activity: string[] = [];
  return {
    emulator,
    clone,
    home,
    activity,
    run: (request = {}, options = {}) =>
      createClaudeCode({
        command,
        home,
        credentials: { provider: "anthropic", baseUrl: emulator.url, apiKey: "test-key" },
        maxRetries: 1,
        sandbox: createSharedSandbox([]),
        ...options,
      }).run({ ...standardRequest(clone), ...request }, (line) => activity.push(line)),
    close: async () => {
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const standardRequest = (directory: string): AgentRequest => ({
  purpose: "implement",
  prompt: "Work on DEMO-1.",
  directory,
  access: "edit",
  model: "claude-sonnet-4-6",
  maxTurns: 10,
  environment: { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" },
  signal: new AbortController().signal,
});
