import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { decisions } from "./decisions.ts";
import { type DispatchCycleOptions, dispatchCycle } from "./dispatch-cycle.ts";
import { effects } from "./effects.ts";
import { github } from "./github.ts";
import { githubLoad } from "./github-load.ts";
import { linear } from "./linear.ts";
import { linearWebhook } from "./linear-webhook.ts";
import { memory } from "./memory.ts";
import { modelProxy } from "./model-proxy.ts";
import { pollToDispatch } from "./poll-to-dispatch.ts";
import { runnerOverhead } from "./runner-overhead.ts";
import { sessionResume } from "./session-resume.ts";
import { startUp } from "./start-up.ts";
import type { Bench } from "./support/figure.ts";
import { type GithubProcessOptions, githubCommand, serveGithub } from "./support/github-process.ts";
import { asJson, asTable, describeMachine, type Measured } from "./support/report.ts";

const benches = [
  decisions,
  startUp,
  memory,
  effects,
  pollToDispatch,
  linear,
  linearWebhook,
  github,
  githubLoad,
  modelProxy,
  runnerOverhead,
  sessionResume,
];

/** Asked for what there is not: printed without a stack. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The benches that were asked for by name; all of them when none was. */
const chosen = (names: readonly string[]): readonly Bench[] => {
  const known = benches.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`There is no bench ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  return names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
};

const measureAll = async (chosen: readonly Bench[], program: string): Promise<readonly Measured[]> => {
  const folder = await mkdtemp(join(tmpdir(), "ai-implement-bench-"));
  const surroundings = { program, benchProgram: fileURLToPath(import.meta.url), folder };
  const measured: Measured[] = [];
  try {
    for (const { name, missing = nothing, measure } of chosen) {
      const why = missing();
      tell(why === null ? `${name} …` : `${name}: left out, ${why}`);
      if (why === null) measured.push({ bench: name, figures: await measure(surroundings) });
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

const nothing = (): null => null;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const main = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, program: { type: "string" } },
    allowPositionals: true,
  });
  if (values.program === undefined)
    throw new UsageError("--program is missing: start the benches with `npm run bench`.");
  const machine = describeMachine();
  const measured = await measureAll(chosen(positionals), values.program);
  process.stdout.write(values.json ? `${asJson(machine, measured)}\n` : asTable(machine, measured));
};

try {
  const [command, options = ""] = process.argv.slice(2);
  if (command === "dispatch-cycle")
    // poll-to-dispatch.ts asks for it, and wrote the options itself.
    process.stdout.write(JSON.stringify(await dispatchCycle(JSON.parse(options) as DispatchCycleOptions)));
  else if (command === githubCommand) await serveGithub(JSON.parse(options) as GithubProcessOptions);
  else await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell(error.message);
  process.exitCode = 1;
}
