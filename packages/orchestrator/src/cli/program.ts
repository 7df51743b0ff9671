import { Argument, Command, CommanderError, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { openSqliteStore } from "../adapters/store/sqlite/sqlite-store.ts";
import { version } from "../compose.ts";
import { describeSettings } from "../config/describe.ts";
import { problemSentence } from "../config/problem.ts";
import { describeProblems, parseAgentConfig, secretsIn } from "../config.ts";
import {
  agentSettings,
  clock,
  createAdapters,
  databasePath,
  dispatchPolicy,
  runnerEntry,
} from "../from-config.ts";
import { createLogger } from "../logger.ts";
import { printConfig } from "./config.ts";
import { demo } from "./demo/demo.ts";
import type { Output } from "./demo/terminal.ts";
import { doctor } from "./doctor/doctor.ts";
import { loadConfig, loadFrom, type Surroundings } from "./load-config.ts";
import { addPipelines } from "./pipelines.ts";
import { planView, renderPlan } from "./plan.ts";
import { runReceipt, storedSecret } from "./run-receipt.ts";
import { runSync } from "./run-sync.ts";
import { runTask } from "./run-task.ts";
import { configOrThrow, type Listen, start } from "./start.ts";

export interface ProgramOptions extends Surroundings {
  readonly output: Output;
  readonly listen: Listen;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
}

/** Every command of `ai-implement`. What a command needs of the process comes in as an option. */
export const createProgram = (options: ProgramOptions): Command => {
  const program = new Command("ai-implement")
    .description("A marked ticket becomes a reviewed pull request.")
    .version(version)
    .showHelpAfterError();
  addStart(program, options);
  addDemo(program, options);
  addConfig(program, options);
  addDoctor(program, options);
  addPlan(program, options);
  addPipelines(program, options);
  addSync(program, options);
  addRun(program, options);
  addReceipt(program, options);
  return program;
};

const pathOf = ({ environment }: ProgramOptions): string =>
  environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";

const temporaryFolderOf = ({ environment: { TMPDIR } }: ProgramOptions) =>
  TMPDIR === undefined ? {} : { TMPDIR };

const addStart = (program: Command, options: ProgramOptions): void => {
  program
    .command("start")
    .description("run the service: poll the trackers, dispatch, deliver, listen on PORT")
    .action(async () => {
      const { listen, signal } = options;
      await start({ loaded: await loadConfig(options), listen, signal, path: pathOf(options) });
    });
};

const addDemo = (program: Command, options: ProgramOptions): void => {
  program
    .command("demo")
    .description("watch three sample tickets become merged changes, in a throw-away folder, with no account")
    .option("--once", "end after the first merge and print one JSON line about it")
    .option("--prepare <folder>", "only make the sample folder; `start` and `plan` work from inside it")
    .option("--pace <seconds>", "how long the scripted agent pretends to think at each step", seconds, 1)
    .action(async (flags: { once?: true; prepare?: string; pace: number }) => {
      const code = await demo({
        ...options,
        path: pathOf(options),
        flags: { ...flags, once: flags.once === true },
      });
      options.setExitCode(code);
    });
};

const addConfig = (program: Command, options: ProgramOptions): void => {
  program
    .command("config")
    .description("print the effective settings, secrets redacted, and where each came from")
    .option("--json", "as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { sources, result, parseOptions } = await loadConfig(options);
      const rows = describeSettings(sources, parseOptions);
      options.output.write(printConfig(rows, { json, colours: pc }));
      const problems = result.ok ? [] : result.problems.map(problemSentence);
      for (const line of [...result.warnings, ...problems])
        process.stderr.write(`${pc.yellow("!")} ${line}\n`);
      if (!result.ok) options.setExitCode(1);
    });
};

const addDoctor = (program: Command, options: ProgramOptions): void => {
  program
    .command("doctor")
    .description(
      "look at settings, trackers and projects, and say what is wrong and how to mend it; writes nothing",
    )
    .option("--json", "one JSON document instead, for programs")
    .option("--project <key>", "only this project and its tracker")
    .addHelpText(
      "after",
      "\nExit code 0: nothing to mend. 1: something is wrong. docs/trackers.md explains each finding of a tracker, docs/github.md those of GitHub.",
    )
    .action(async ({ json = false, project }: { json?: boolean; project?: string }) => {
      const code = await doctor({
        ...options,
        flags: { json, project: project ?? null },
        colours: pc,
        path: pathOf(options),
      });
      options.setExitCode(code);
    });
};

const addPlan = (program: Command, options: ProgramOptions): void => {
  program
    .command("plan")
    .description("say what would be dispatched now, what waits and why; writes nothing, spends nothing")
    .option("--json", "as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const loaded = await loadConfig(options);
      const config = configOrThrow(loaded);
      const secrets = secretsIn(loaded.variables);
      const logger = createLogger({ level: "warn", format: "pretty", secrets, destination: process.stderr });
      const { store, localPullRequests } = await openSqliteStore({
        path: databasePath(config),
        openReadOnly: true,
      });
      try {
        const adapters = await createAdapters(config, localPullRequests, {
          path: pathOf(options),
          logger,
          readOnly: true,
        });
        const view = await planView(store, adapters, dispatchPolicy(config), clock);
        const { isTTY, columns = 80 } = options.output;
        options.output.write(json ? `${JSON.stringify(view)}\n` : renderPlan(view, isTTY ? columns : null));
      } finally {
        await store.close();
      }
    });
};

const addSync = (program: Command, options: ProgramOptions): void => {
  program
    .command("sync")
    .description(
      "bring the workflows in the projects' repositories up to date: one pull request in each, for people to merge",
    )
    .option("--project <key>", "only this project")
    .option("--check", "only say what is not up to date; writes nothing")
    .option("--json", "one JSON document at the end instead, for programs")
    .addHelpText(
      "after",
      "\nExit code 1: a project failed, or with --check something is not up to date. Only projects that run on GitHub Actions need workflows.",
    )
    .action(async (flags: { project?: string; check?: true; json?: true }) => {
      const loaded = await loadConfig(options);
      const code = await runSync({
        config: configOrThrow(loaded),
        secrets: secretsIn(loaded.variables),
        path: pathOf(options),
        flags: {
          project: flags.project ?? null,
          check: flags.check === true,
          json: flags.json === true,
        },
        output: options.output,
        colours: pc,
        signal: options.signal,
      });
      options.setExitCode(code);
    });
};

interface RunFlags {
  readonly task: string;
  readonly workspace: string;
  readonly artifacts: string;
  readonly maxTurns: number;
  readonly maxIterations: number;
  readonly maxMinutes: number;
}

const addRun = (program: Command, options: ProgramOptions): void => {
  program
    .command("run")
    .description(
      "put one task file through the pipeline on a local checkout; changes stay in the working tree",
    )
    .requiredOption("--task <file>", "Markdown; its title is the front matter's `title`, else the first line")
    .option("--workspace <folder>", "the git checkout to work in", ".")
    .option("--artifacts <folder>", "where reports and logs go", "ai-implement-artifacts")
    .option("--max-turns <n>", "turns of one agent session", integer(1, 1_000), 50)
    .option("--max-iterations <n>", "rounds of implement and review", integer(1, 10), 3)
    .option("--max-minutes <n>", "time for everything", integer(1, 360), 90)
    .action(async (flags: RunFlags) => {
      // Without the `.env` of the folder: that is somebody's repository, and it would name the program to start.
      const { variables, parseOptions } = loadFrom({ environment: options.environment, dotEnv: {} }, options);
      const agent = parseAgentConfig(variables, parseOptions);
      if (!agent.ok) throw new Error(describeProblems(agent.problems));
      const code = await runTask({
        ...flags,
        maxJobMinutes: flags.maxMinutes,
        agent: agentSettings(agent),
        runnerEntry,
        environment: { PATH: pathOf(options), ...temporaryFolderOf(options) },
        signal: options.signal,
      });
      options.setExitCode(code);
    });
};

interface ReceiptFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly secretEnv?: string;
  readonly json?: true;
}

const addReceipt = (program: Command, options: ProgramOptions): void => {
  program
    .command("receipt")
    .description("tell whether the receipt of a pull request is ours and was not altered, and what it says")
    .addArgument(new Argument("<action>", "what to do with it").choices(["verify"]))
    .argument("[file]", "the pull request's description, or the receipt alone; `-`: standard input", "-")
    .option("--repository <owner/name>", "it has to belong to this repository")
    .option("--commit <sha>", "it has to belong to this commit")
    .option("--secret-env <name>", "the variable that holds the secret, instead of the service's settings")
    .option("--json", "one JSON document instead, for programs")
    .addHelpText(
      "after",
      "\nExit code 0: valid. 1: not valid. 2: it could not be looked at. See docs/receipts.md.",
    )
    .exitOverride(({ exitCode, code, message }) => {
      throw new CommanderError(exitCode === 0 ? 0 : 2, code, message);
    })
    .action(async (_action: string, file: string, flags: ReceiptFlags) => {
      const { repository = null, commit = null, json = false } = flags;
      const code = await runReceipt({
        file,
        input: process.stdin,
        secret: () => receiptSecret(flags.secretEnv, options),
        complain: (text) => process.stderr.write(text),
        flags: { repository, commit, json },
        output: options.output,
        colours: pc,
      });
      options.setExitCode(code);
    });
};

const receiptSecret = async (variable: string | undefined, options: ProgramOptions): Promise<string> => {
  if (variable === undefined) return storedSecret(configOrThrow(await loadConfig(options)));
  const secret = options.environment[variable];
  if (!secret) throw new Error(`The variable ${variable}, which --secret-env names, is not set.`);
  return secret;
};

/** The same limits as a project's (§5.1). */
const integer =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
    return value;
  };

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 60))
    throw new InvalidArgumentError("It must be a number of seconds, 0 to 60.");
  return value;
};
