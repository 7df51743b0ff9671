import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { uuidv7 } from "uuidv7";
import type { CommandResult } from "../../process/run-command.ts";
import { path } from "../../testing/sample-remote.ts";
import { openSandbox, type SandboxOptions } from "../open-sandbox.ts";
import { startInside } from "../run-inside.ts";
import type { Sandbox } from "../sandbox.ts";

const isThere = (program: string): boolean =>
  path.split(":").some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Only root may start programs as another user. */
export const canSeparate = process.getuid?.() === 0 && isThere("setpriv") && isThere("prlimit");
export const canChoose = canSeparate && isThere("choom");
export const canFilter = canSeparate && isThere("nft");

/** May any user of this machine come to this file? One that lies below somebody's own folder is out of the agent's reach. */
export const isOpenToAll = (file: string): boolean => {
  let place = realpathSync(file);
  while (place !== dirname(place)) {
    if ((statSync(place).mode & 0o001) === 0) return false;
    place = dirname(place);
  }
  return true;
};

/** @throws Error where it is refused */
export const sandboxFor = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
  const opening = await openSandbox({ ...sandboxOptions(), ...options });
  if (opening.kind === "refused") throw new Error(opening.message);
  return opening.sandbox;
};

export const sandboxOptions = (): SandboxOptions => ({
  runId: uuidv7(),
  settings: { egress: "off", hosts: [] },
  agentUser: undefined,
  path,
  programs: [],
  closedUrls: [],
  openUrls: [],
  log: () => undefined,
});

/** A shell of the agent's side. */
export const shellInside = (
  sandbox: Sandbox,
  script: string,
  directory = "/",
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> =>
  startInside(sandbox, {
    command: "bash",
    arguments: ["--noprofile", "--norc", "-c", script],
    directory,
    environment: { PATH: path, ...environment },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    maxOutput: 200_000,
    keep: "tail",
  });
