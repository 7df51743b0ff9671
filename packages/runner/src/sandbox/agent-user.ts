import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { agentUserId } from "@ai-implement/contracts";
import { runCommand, succeeded } from "../process/run-command.ts";
import { processesOf } from "./processes-of.ts";
import type { Program } from "./sandbox.ts";
import { unreachableProgram } from "./unreachable-program.ts";

/** Who the agent and everything of the repository's own runs as. Nobody else does. */
export interface AgentUser {
  readonly uid: number;
  readonly gid: number;
  /** The program, started as this user, without a capability and without a way to gain one, within limits. */
  readonly enter: (program: Program) => Program;
  /** The same beyond the limit of processes: for ending what has used it up. */
  readonly enterBeyondLimits: (program: Program) => Program;
  /** Gives the user back to whoever wants it next. */
  readonly release: () => void;
}

export type AgentUserChoice =
  | { readonly kind: "separate"; readonly user: AgentUser }
  | { readonly kind: "shared"; readonly why: string }
  | { readonly kind: "refused"; readonly message: string };

export interface AgentUserOptions {
  readonly runId: string;
  /** `AI_IMPLEMENT_AGENT_USER` */
  readonly named: string | undefined;
  readonly path: string;
  /** What this user has to be able to start, by name or path. */
  readonly programs: readonly string[];
}

/** By really trying. A user that was named and cannot be used is never replaced by a weaker one. */
export const chooseAgentUser = async (options: AgentUserOptions): Promise<AgentUserChoice> => {
  const { named, path, runId } = options;
  const tried = await tryAgentUser(options);
  if (typeof tried !== "string") return { kind: "separate", user: tried };
  if (named === undefined)
    return { kind: "shared", why: `The agent ran as the runner's own user, because ${tried}.` };
  const fix = "start the runner as root with that user at its disposal, or unset AI_IMPLEMENT_AGENT_USER";
  return {
    kind: "refused",
    message: `AI_IMPLEMENT_AGENT_USER cannot be used in run ${runId} (PATH ${path}): ${tried}. To fix it, ${fix}.`,
  };
};

/** Why not, as half a sentence. */
const tryAgentUser = async ({
  runId,
  named,
  path,
  programs,
}: AgentUserOptions): Promise<AgentUser | string> => {
  if (process.platform !== "linux") return "only Linux lets it be another one";
  if (process.getuid?.() !== 0) return "the runner is not root, so it cannot start programs as another user";
  const ids = named === undefined ? derivedIds(runId) : await idsOf(named, path);
  if (typeof ids === "string") return ids;
  const { uid, gid } = ids;
  if (uid === 0 || gid === 0) return "the agent's user must be neither root nor in root's group";
  const entrances = await entrancesOf(ids, path);
  if (typeof entrances === "string") return entrances;
  const unreachable = await unreachableProgram(programs, entrances.enter, path);
  if (unreachable !== null)
    return `${unreachable} lies where user ${uid} may not look (put it where everybody may, such as /usr/local/bin)`;
  const release = await takeUser(uid);
  if (release === null)
    return `another attempt runs as user ${uid} at the moment, which has to be this one's alone`;
  const strangers = await processesOf(uid);
  if (strangers.length === 0) return { uid, gid, ...entrances, release };
  release();
  return `user ${uid} has processes already (${strangers.slice(0, 5).join(", ")}), and has to be the agent's alone`;
};

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

const derivedIds = (runId: string): Ids => {
  const uid = agentUserId(runId);
  return { uid, gid: uid };
};

const numbers = /^(\d{1,10})(?::(\d{1,10}))?$/;
const userName = /^[A-Za-z_][\w.-]{0,63}$/;
/** The highest two mean "no id". */
const maxId = 0xfffffffd;

const idsOf = async (named: string, path: string): Promise<Ids | string> => {
  const given = numbers.exec(named);
  if (given !== null) {
    const uid = Number(given[1]);
    const gid = Number(given[2] ?? given[1]);
    return Math.max(uid, gid) <= maxId ? { uid, gid } : "its number is larger than a user's can be";
  }
  if (!userName.test(named)) return "it is neither a user's name nor uid or uid:gid";
  const [uid, gid] = [await askId("-u", named, path), await askId("-g", named, path)];
  return uid === null || gid === null ? `there is no user "${named}" here` : { uid, gid };
};

const askId = async (flag: string, name: string, path: string): Promise<number | null> => {
  const said = await ask("id", [flag, "--", name], path);
  const id = Number(said.stdout.trim());
  return succeeded(said) && said.stdout.trim() !== "" && Number.isInteger(id) ? id : null;
};

const ask = (command: string, args: readonly string[], path: string) =>
  runCommand({
    command,
    arguments: args,
    directory: "/",
    environment: { PATH: path, LANG: "C" },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    maxOutput: 10_000,
    keep: "head",
  });

/**
 * Processes and threads of the agent's user in all: far above what a build needs, and far below what would leave the
 * machine without any.
 */
const maxProcesses = 4_096;

type Entrances = Pick<AgentUser, "enter" | "enterBeyondLimits">;

/** How a program becomes one of that user, tried out; why not, where it cannot. Both programs are part of util-linux. */
const entrancesOf = async ({ uid, gid }: Ids, path: string): Promise<Entrances | string> => {
  const processes = await processLimit();
  const limits = ["--core=0:0", `--nproc=${processes}:${processes}`];
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const powers = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];
  const enterBeyondLimits = ({ command, arguments: args }: Program): Program => ({
    command: "setpriv",
    arguments: [...identity, ...powers, "--", command, ...args],
  });
  const first = await firstToGo(path);
  const enter = (program: Program): Program => {
    const { command, arguments: args } = enterBeyondLimits(program);
    const [entrance = "prlimit", ...rest] = [...first, "prlimit", ...limits, "--", command, ...args];
    return { command: entrance, arguments: rest };
  };
  const { command, arguments: args } = enter({ command: "cat", arguments: ["/proc/self/status"] });
  const tried = await ask(command, args, path);
  if (tried.end.kind === "not-started" || /setpriv: No such file/.test(tried.stderr))
    return "the programs prlimit and setpriv (util-linux) are not installed";
  if (!succeeded(tried))
    return `no program can be started as user ${uid} (${tried.stderr.trim().slice(0, 300)})`;
  const isThatUser = new RegExp(`^Uid:(\\s+${uid}){4}$`, "m").test(tried.stdout);
  const isPowerless = /^CapEff:\s+0+$/m.test(tried.stdout) && /^NoNewPrivs:\s+1$/m.test(tried.stdout);
  return isThatUser && isPowerless
    ? { enter, enterBeyondLimits }
    : `a program that is started as user ${uid} keeps more than it may`;
};

/**
 * Where memory runs out, the kernel ends what is inside, and not the runner that has to report it. Empty where it cannot be
 * told so: the program is another part of util-linux, which some systems leave out.
 */
const firstToGo = async (path: string): Promise<readonly string[]> => {
  const marked = ["choom", "-n", "1000", "--"];
  return succeeded(await ask("choom", ["-n", "1000", "--", "true"], path)) ? marked : [];
};

/** Below the runner's own, which only somebody with more power than root of a container may raise. */
const processLimit = async (): Promise<number> => {
  const limits = await readFile("/proc/self/limits", "utf8");
  const hard = Number(/^Max processes\s+\S+\s+(\S+)/m.exec(limits)?.[1]);
  return Number.isInteger(hard) ? Math.min(maxProcesses, Math.floor(hard * 0.9)) : maxProcesses;
};

/**
 * One attempt at a time may have a user, since ending its processes would end the other's. The name is held by an open
 * socket, so that it is free again however the runner ends. Null: somebody has it.
 */
export const takeUser = async (uid: number): Promise<(() => void) | null> => {
  // A name that begins with NUL is in no folder: Linux forgets it with its last holder.
  const name = `\0ai-implement-agent-user-${uid}`;
  const holder = createServer((connection) => connection.destroy());
  return (await listens(holder, name)) ? () => void holder.close() : null;
};

const listens = (server: Server, name: string): Promise<boolean> =>
  new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(name, () => {
      server.unref();
      resolve(true);
    });
  });
