import { execa } from "execa";
import { baseEnvironment, program } from "./service.ts";

/** How a command ended, with everything that it printed. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ai-implement` to its end. The environment of the test is not inherited; a failure is a result as well. */
export const aiImplement = async (
  args: readonly string[],
  options: { readonly directory: string; readonly environment?: Readonly<Record<string, string>> },
): Promise<Ended> => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    cwd: options.directory,
    env: { ...baseEnvironment(), ...options.environment },
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
  return { exitCode, stdout, stderr };
};
