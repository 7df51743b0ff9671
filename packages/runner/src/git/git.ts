import { type CommandResult, describeEnd, runCommand, succeeded } from "../process/run-command.ts";
import { clip } from "../text/clip.ts";

export interface GitOptions {
  /** Where it runs; it has no say in which repository: every call names its own. */
  readonly directory: string;
  readonly input?: string;
  /** In characters; what is longer is cut at its end. */
  readonly maxOutput?: number;
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** `latin1`: standard output is bytes, one character for each. */
  readonly encoding?: "utf8" | "latin1";
}

/** Git as the runner itself uses it: no configuration, hook or helper of the machine or the repository runs. */
export interface Git {
  /** Where programs are found. */
  readonly path: string;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Never rejects: how it went is in the result. */
  attempt(args: readonly string[], options: GitOptions): Promise<CommandResult>;
  /** Standard output. @throws GitError when git does not succeed */
  read(args: readonly string[], options: GitOptions): Promise<string>;
}

/** Git did not do what we asked; the message holds its own words. */
export class GitError extends Error {
  readonly result: CommandResult;
  constructor(args: readonly string[], result: CommandResult) {
    const subcommand = args.find((argument) => /^[a-z][a-z-]+$/.test(argument)) ?? "";
    super(`git ${subcommand} ${describeEnd(result)}: ${reasonOf(result)}`);
    this.name = "GitError";
    this.result = result;
  }
}

/** What git said about a failure, short enough for a message. */
export const reasonOf = (result: CommandResult): string => {
  const { end, stderr, stdout } = result;
  if (end.kind === "not-started")
    return `git is not installed where the run happens (${end.message}): use an image that has it, or put it on PATH`;
  // Who was killed had no chance to say why.
  const silent = end.kind === "exited" ? "it said nothing" : `it ${describeEnd(result)}`;
  return clip(stderr.trim() || stdout.trim() || silent, 1_000, "tail");
};

/**
 * A repository may configure programs for git to run (hooks, a file-system monitor, transports that execute
 * commands). None of ours does; `protocol.ext` would run a command out of a URL.
 */
const hardening = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  "diff.ignoreSubmodules=all",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

const gitEnvironment = (path: string): Readonly<Record<string, string>> => ({
  PATH: path,
  LANG: "C.UTF-8",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_PAGER: "cat",
});

const defaultTimeoutMs = 10 * 60_000;
const defaultMaxOutput = 64 * 1024 * 1024;

export const createGit = ({ path, signal }: { readonly path: string; readonly signal: AbortSignal }): Git => {
  const attempt = (args: readonly string[], options: GitOptions) =>
    runCommand({
      command: "git",
      arguments: [...hardening, ...args],
      directory: options.directory,
      environment: { ...gitEnvironment(path), ...options.environment },
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      signal,
      maxOutput: options.maxOutput ?? defaultMaxOutput,
      keep: "head",
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
    });
  return {
    path,
    signal,
    attempt,
    read: async (args, options) => {
      const result = await attempt(args, options);
      if (!succeeded(result)) throw new GitError(args, result);
      return result.stdout;
    },
  };
};
