import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import pc from "picocolors";
import { compose, type Orchestrator } from "../../compose.ts";
import { type Config, secretsIn } from "../../config.ts";
import { clock, dispatchPolicy, programEntry } from "../../from-config.ts";
import { createLogger } from "../../logger.ts";
import { attemptHandle } from "../../ports/executor.ts";
import { loadFrom, type Surroundings } from "../load-config.ts";
import { planView } from "../plan.ts";
import { configOrThrow, type Listen } from "../start.ts";
import { type DemoModel, demoModelOf } from "./model.ts";
import { type DemoFolder, prepareDemo } from "./prepare.ts";
import { type DemoResult, ensureDemoProject, runDemo } from "./run-demo.ts";
import type { Output } from "./terminal.ts";

export interface DemoCommand extends Surroundings {
  readonly flags: { readonly once: boolean; readonly prepare?: string; readonly pace: number };
  readonly output: Output;
  readonly listen: Listen;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** The `demo` command. Returns the exit code: 0 when the story came to its end or was only prepared. */
export const demo = async (command: DemoCommand): Promise<number> => {
  const { environment, flags, output } = command;
  const model = demoModelOf(environment);
  const path = flags.prepare === undefined ? undefined : resolve(flags.prepare);
  if (path !== undefined) await mkdir(path, { recursive: true });
  const folder = await prepareDemo({
    ...(path === undefined ? {} : { path }),
    rehearsal: model.rehearsal,
    secondsPerStep: flags.pace,
  });
  const sources = { environment: model.settings, dotEnv: folder.environment };
  const loaded = loadFrom(sources, command);
  const config = configOrThrow(loaded);
  const log = createWriteStream(folder.log, { flags: "a" });
  const logger = createLogger({
    level: "debug",
    format: "json",
    secrets: secretsIn(loaded.variables),
    destination: log,
  });
  const orchestrator = await compose({ config, logger, path: command.path });
  try {
    await ensureDemoProject(orchestrator);
    if (path !== undefined) {
      output.write(
        `Prepared ${path}. From inside that folder:\n  node ${programEntry} plan\n  node ${programEntry} start\n`,
      );
      return 0;
    }
    return await play(command, folder, config, orchestrator, model);
  } finally {
    await orchestrator.close();
    log.end();
    await finished(log);
  }
};

const play = async (
  { flags, output, listen, signal }: DemoCommand,
  folder: DemoFolder,
  config: Config,
  orchestrator: Orchestrator,
  model: DemoModel,
): Promise<number> => {
  const { store, adapters } = orchestrator;
  const port = await listen(orchestrator.app, { host: "127.0.0.1", port: folder.port });
  const plan = () => planView(store, adapters, dispatchPolicy(config), clock);
  const started = () => orchestrator.start(`http://127.0.0.1:${port}`);
  try {
    const options = {
      folder,
      model,
      once: flags.once,
      orchestrator,
      plan,
      started,
      clock,
      output,
      signal,
    };
    return conclude(await runDemo(options), folder, flags.once, output);
  } finally {
    // Runners outlive the service on purpose; the demo's have nobody to come back to. Nothing may start another
    // one behind our back, so the loops end first.
    await orchestrator.stop();
    const live = await store.listLiveRuns();
    await Promise.all(
      live.map(async ({ value }) => adapters.executors.get(value.executor)?.destroy(attemptHandle(value))),
    );
  }
};

const conclude = (result: DemoResult, folder: DemoFolder, once: boolean, output: Output): number => {
  switch (result.kind) {
    case "stopped":
      output.write(`\nStopped; nothing is left running. The folder stays: ${folder.path}\n`);
      return 130;
    case "failed":
      output.write(
        `\n${pc.red("The demo did not come to its end:")} ${result.message}\nThe log: ${folder.log}\n`,
      );
      return 1;
    case "finished": {
      const { verdict } = result;
      const good = verdict.merged && verdict.tests.passed;
      output.write(lookAround(folder));
      if (once) output.write(`${JSON.stringify(verdict)}\n`);
      return good ? 0 : 1;
    }
  }
};

const lookAround = (folder: DemoFolder): string => `
${pc.bold("Look around")}
  ${pc.dim("what was merged")}     git -C ${folder.repository} log --stat main
  ${pc.dim("the tickets")}         ${folder.tickets}  ${pc.dim("(comments and stages beside them in .ai-implement/)")}
  ${pc.dim("what the runner did")} ${folder.path}/attempts/*/runner.log
  ${pc.dim("the service's log")}   ${folder.log}
  ${pc.dim("go on from here")}     cd ${folder.path} && node ${programEntry} start
  ${pc.dim("throw it away")}       rm -r ${folder.path}
`;
