/** The command line of this machine's container engine: Docker's, or podman's. */
import { join } from "node:path";
import { runCommand } from "./run-command.mjs";

const root = join(import.meta.dirname, "..");

const answerTimeoutMs = 20_000;
/** A base image and the packages of a distribution come over the network. */
const buildTimeoutMs = 30 * 60_000;

/**
 * `docker` or `podman`, whichever is on PATH and has an engine behind it; both honour `DOCKER_HOST` or have their own.
 * @returns {Promise<{command: string | null, problem: string}>}
 */
export const findEngineCommand = async () => {
  const problems = [];
  for (const command of ["docker", "podman"]) {
    const { code, output } = await engine(command, ["version"]);
    if (code === 0) return { command, problem: "" };
    problems.push(output.trim().split("\n").at(-1));
  }
  return {
    command: null,
    problem: [
      "There is no container engine. Install Docker or podman and start it; an engine elsewhere is named by DOCKER_HOST.",
      ...problems.map((problem) => `  ${problem}`),
    ].join("\n"),
  };
};

export const hasImage = async (command, tag) =>
  (await engine(command, ["image", "inspect", "--format", "{{.Id}}", tag])).code === 0;

/**
 * Shows its progress as it goes.
 * @param {string} command
 * @param {{tag: string, dockerfile: string, context: string, args?: Record<string, string>, signal?: AbortSignal}} build
 * @returns {Promise<number>} the exit code
 */
export const buildImage = async (command, { tag, dockerfile, context, args = {}, signal }) => {
  const given = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const { code, timedOut } = await runCommand(
    command,
    ["build", "--tag", tag, "--file", dockerfile, ...given, context],
    { cwd: root, timeoutMs: buildTimeoutMs, signal, inherit: true },
  );
  if (timedOut)
    console.error(`The build was stopped: it took longer than ${buildTimeoutMs / 60_000} minutes.`);
  return code;
};

const engine = (command, args) => runCommand(command, args, { cwd: root, timeoutMs: answerTimeoutMs });
