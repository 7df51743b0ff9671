/**
 * `npm run build:runner:local`: builds the image that attempts run in, with the runner of this checkout, on this
 * machine's container engine.
 *
 *   --tag NAME      the image's name (ai-implement-runner:local)
 *   --base IMAGE    what it is built on (node:24-bookworm-slim): any Debian or Ubuntu with Node.js 20.19 or newer and npm
 *   --with-codex    the Codex CLI as well
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildImage, findEngineCommand } from "./container-engine.mjs";
import { exitCodeOf, interruption, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");

/**
 * @param {string} command the engine's
 * @param {{tag: string, base?: string, withCodex?: boolean, signal?: AbortSignal}} options
 * @returns {Promise<number>} the exit code
 */
export const buildRunnerImage = (command, { tag, base, withCodex = false, signal }) =>
  buildImage(command, {
    tag,
    dockerfile: join(root, "deploy/runner.Dockerfile"),
    context: root,
    args: {
      ...(base === undefined ? {} : { BASE_IMAGE: base }),
      ...(withCodex ? { WITH_CODEX: "yes" } : {}),
    },
    signal,
  });

const main = async () => {
  const { values } = parseArgs({
    options: {
      tag: { type: "string", default: "ai-implement-runner:local" },
      base: { type: "string" },
      "with-codex": { type: "boolean", default: false },
    },
  });
  const { tag, base, "with-codex": withCodex } = values;
  const signal = interruption();
  const { command, problem } = await findEngineCommand();
  if (command === null) {
    console.error(problem);
    return 1;
  }
  await ensureReady({ signal });
  const begin = performance.now();
  const code = await buildRunnerImage(command, { tag, base, withCodex, signal });
  if (signal.aborted) return exitCodeOf(signal.reason);
  if (code === 0) {
    console.log(`ok ${tag} (${secondsSince(begin)}). Set LOCAL_RUNNER_IMAGE=${tag}`);
    return 0;
  }
  console.error(
    `${tag} was not built: ${command} says why above. If it was the network: the base image, Debian's packages and npm's are fetched; behind a proxy with certificates of its own, give a --base that trusts them.`,
  );
  return code;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runScript(main);
