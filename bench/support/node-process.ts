import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs `node` to its end. @throws Error with what it wrote when it fails or takes longer than a minute */
export const runNode = async (
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<string> =>
  (
    await run(process.execPath, [...args], {
      timeout: 60_000,
      ...(environment === undefined ? {} : { env: { ...environment } }),
    })
  ).stdout;

/** What a process of Node costs that does nothing, in MB at its highest. */
export const bareNodePeak = async (): Promise<number> =>
  Number(await runNode(["-p", "process.resourceUsage().maxRSS"])) / 1_024;
