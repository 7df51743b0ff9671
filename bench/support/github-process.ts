import { fork } from "node:child_process";
import { once } from "node:events";
import { startBenchGithub } from "./github.ts";

interface Place {
  readonly owner: string;
  readonly name: string;
}

export interface GithubProcessOptions {
  readonly places: readonly Place[];
  readonly directory: string;
  readonly latencyMs: number;
}

interface Opened {
  readonly apiUrl: string;
  readonly url: string;
  readonly privateKey: string;
}

/** GitHub in a process of its own: what it costs to be GitHub is not ours. */
export interface GithubProcess extends Opened {
  /** How many requests it got so far. */
  requests(): Promise<number>;
  close(): Promise<void>;
}

/** The name of this program's command that is such a process. */
export const githubCommand = "github-process";

export const startGithubProcess = async (
  program: string,
  options: GithubProcessOptions,
): Promise<GithubProcess> => {
  const child = fork(program, [githubCommand, JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const answer = async <Answer>(): Promise<Answer> => {
    const [message] = (await once(child, "message", { signal: AbortSignal.timeout(60_000) })) as [Answer];
    return message;
  };
  const opened = await answer<Opened>();
  return {
    ...opened,
    async requests() {
      child.send("requests");
      return answer<number>();
    },
    async close() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
};

/** Inside of that process: serves until the other one lets go of it. */
export const serveGithub = async ({ places, directory, latencyMs }: GithubProcessOptions): Promise<void> => {
  const { emulator, privateKey } = await startBenchGithub(places, { directory, latencyMs });
  const opened: Opened = { apiUrl: emulator.apiUrl, url: emulator.url, privateKey };
  process.on("message", () => process.send?.(emulator.requests().length));
  process.send?.(opened);
  await once(process, "disconnect");
  await emulator.close();
};
