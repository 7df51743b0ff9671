import { devNull } from "node:os";
import { execa } from "execa";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** There was more than `cutAt`: `stdout` is its beginning. */
  readonly truncated: boolean;
}

export interface GitOptions {
  readonly input?: string;
  /** Added to the environment of this one call. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Keep this much of the output, in UTF-16 code units, and do without the rest. Unset: too much is an error. */
  readonly cutAt?: number;
}

/**
 * Runs git on one bare repository. An exit code is an answer, not an error.
 * @throws DeliveryError: retryable when git took longer than 60 s, permanent when there is no git or it said too much.
 */
export type Git = (repository: string, args: readonly string[], options?: GitOptions) => Promise<GitAnswer>;

const timeoutMs = 60_000;
const maxOutput = 4 * 1024 * 1024;
const defaultPath = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

/** Nothing of the machine's or the user's settings, no hooks, no prompts: only the repository and the arguments count. */
const environmentOf = (path: string): Readonly<Record<string, string>> => ({
  PATH: path,
  HOME: devNull,
  XDG_CONFIG_HOME: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
});

/** @param path where to look for git, as in `PATH`. */
export const createGit =
  (path: string = defaultPath): Git =>
  async (repository, args, { input = "", environment = {}, cutAt } = {}) => {
    // --git-dir: git must not go looking for a repository in the folders above.
    const fixed = [
      `--git-dir=${repository}`,
      "-c",
      `core.hooksPath=${devNull}`,
      "-c",
      "core.quotePath=false",
    ];
    const result = await execa("git", [...fixed, ...args], {
      env: { ...environmentOf(path), ...environment },
      extendEnv: false,
      cwd: "/",
      input,
      timeout: timeoutMs,
      maxBuffer: cutAt ?? maxOutput,
      reject: false,
      stripFinalNewline: false,
    });
    const { stdout, stderr, exitCode, isMaxBuffer, timedOut } = result;
    if (isMaxBuffer && cutAt !== undefined) return { exitCode: 0, stdout, stderr, truncated: true };
    if (isMaxBuffer)
      throw permanent(
        `git ${args[0] ?? ""} in ${repository} said more than ${maxOutput} characters.`,
        result,
      );
    if (exitCode !== undefined) return { exitCode, stdout, stderr, truncated: false };
    if (result.code === "ENOENT")
      throw permanent("git is not on PATH: install git 2.38 or later, the local forge needs it.", result);
    const why = timedOut ? `took longer than ${timeoutMs / 1000} s` : `could not run: ${result.shortMessage}`;
    throw new DeliveryError(`git ${args[0] ?? ""} in ${repository} ${why}.`, {
      retryable: true,
      cause: result,
    });
  };

/** For an exit code that nothing explains. */
export const unexpected = (
  repository: string,
  doing: string,
  { exitCode, stderr }: GitAnswer,
): DeliveryError =>
  new DeliveryError(
    `git could not ${doing} in ${repository} (exit ${exitCode}): ${stderr.trim().slice(0, 500)}`,
    { retryable: true },
  );
