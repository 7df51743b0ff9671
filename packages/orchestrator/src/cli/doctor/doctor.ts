import type { Colors } from "picocolors/types.js";
import { secretsIn } from "../../config.ts";
import { createRedactor } from "../../core/redact.ts";
import { seconds } from "../../core/time.ts";
import { createLogger } from "../../logger.ts";
import { messageOf } from "../../services/timeout.ts";
import type { Output } from "../demo/terminal.ts";
import { type LoadedConfig, loadConfig, type Surroundings } from "../load-config.ts";
import { createAsk } from "./ask.ts";
import { type Section, sentence, wrong } from "./finding.ts";
import { renderJson, renderReport } from "./render.ts";
import { reportOf } from "./report.ts";
import { withScene } from "./scene.ts";
import { settingsSection } from "./sections/settings.ts";
import { lookAtAll } from "./sections.ts";
import { createWaitingLine, type Waiting } from "./waiting-line.ts";

export interface DoctorCommand extends Surroundings {
  readonly flags: { readonly json: boolean; readonly project: string | null };
  readonly output: Output;
  readonly colours: Colors;
  /** `PATH` for git. */
  readonly path: string;
  /** Ends the look early. */
  readonly signal: AbortSignal;
  /** Of one question to somebody outside, in ms. Default 20,000. */
  readonly limitMs?: number;
}

/**
 * The `doctor` command: everything that has to be right, with the fix where it is not. It writes nothing. Returns the
 * exit code: 0 when there is nothing to mend.
 * @throws Error when it is interrupted
 */
export const doctor = async (command: DoctorCommand): Promise<number> => {
  const { flags, output, colours, signal } = command;
  const waiting = createWaitingLine(flags.json ? null : output, colours);
  try {
    const { sections, secrets } = await Promise.race([examine(command, waiting), interruption(signal)]);
    waiting.stop();
    const report = reportOf(sections, createRedactor(secrets));
    const width = output.isTTY ? (output.columns ?? 80) : null;
    output.write(flags.json ? renderJson(report) : renderReport(report, { colours, width }));
    return report.ok ? 0 : 1;
  } finally {
    waiting.stop();
  }
};

interface Examined {
  readonly sections: readonly Section[];
  /** What no text may show. */
  readonly secrets: readonly string[];
}

const examine = async (command: DoctorCommand, waiting: Waiting): Promise<Examined> => {
  let loaded: LoadedConfig;
  try {
    loaded = await loadConfig(command);
  } catch (error) {
    const unreadable = wrong(".env", sentence(messageOf(error)));
    return { sections: [{ title: "Settings", findings: [unreadable], notes: [] }], secrets: [] };
  }
  const secrets = secretsIn(loaded.variables);
  const { result } = loaded;
  if (!result.ok) return { sections: [settingsSection(loaded)], secrets };
  const { flags, path, limitMs = seconds(20) } = command;
  const scene = {
    loaded,
    config: result.config,
    onlyProject: flags.project,
    ask: createAsk(waiting, limitMs),
    logger: createLogger({ level: "error", format: "pretty", secrets, destination: process.stderr }),
    path,
    // One try, and an end before ours: the adapter can say better than we what did not answer.
    patience: { timeoutMs: limitMs / 2, retries: 0 },
  };
  return { sections: await withScene(scene, lookAtAll), secrets };
};

const interruption = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new Error("interrupted: nothing was changed."));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
