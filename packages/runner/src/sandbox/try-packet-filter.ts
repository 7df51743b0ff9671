import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { runCommand, succeeded } from "../process/run-command.ts";
import type { AgentUser } from "./agent-user.ts";

const patienceMs = 3_000;

/**
 * What the filter lets through that it must not, or keeps that it must let through; null when it does its work. Each
 * address is one that we listen on and can reach ourselves, so that a refusal is the filter's doing and nobody else's.
 */
export const leakOf = async (user: AgentUser, path: string): Promise<string | null> => {
  const allowed = await openDoor("127.0.0.1");
  if (allowed === null) return "nothing can listen on 127.0.0.1";
  try {
    if (!(await canReach(user, "127.0.0.1", allowed.port, path)))
      return "the agent's user cannot reach 127.0.0.1 (or has no bash to try it with)";
  } finally {
    allowed.close();
  }
  for (const address of ["127.0.0.2", ...ownAddress()]) {
    const door = await openDoor(address);
    if (door === null) continue;
    try {
      if (await canReach(user, address, door.port, path))
        return `the rules are there, and the agent's user reaches ${address} all the same`;
    } finally {
      door.close();
    }
  }
  return null;
};

const ownAddress = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address)
    .slice(0, 1);

interface Door {
  readonly port: number;
  close(): void;
}

/** Null where nobody can listen, or we cannot reach it ourselves: then it proves nothing. */
const openDoor = async (address: string): Promise<Door | null> => {
  const server = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.destroy();
  });
  if (!(await listens(server, address))) return null;
  const bound = server.address();
  const door = {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    close: () => void server.close(),
  };
  if (await reaches(address, door.port)) return door;
  door.close();
  return null;
};

const listens = (server: Server, address: string): Promise<boolean> =>
  new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, address, () => resolve(true));
  });

const reaches = (address: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect({ host: address, port, timeout: patienceMs });
    const answer = (isThere: boolean) => {
      connection.destroy();
      resolve(isThere);
    };
    connection.once("connect", () => answer(true));
    connection.once("timeout", () => answer(false));
    connection.once("error", () => answer(false));
  });

/** Bash connects by itself; the address and the port are ours. */
const canReach = async (user: AgentUser, address: string, port: number, path: string): Promise<boolean> => {
  const { command, arguments: args } = user.enter({
    command: "bash",
    arguments: ["--noprofile", "--norc", "-c", `exec 3<>/dev/tcp/${address}/${port}`],
  });
  const tried = await runCommand({
    command,
    arguments: args,
    directory: "/",
    environment: { PATH: path },
    timeoutMs: patienceMs,
    signal: new AbortController().signal,
    maxOutput: 1_000,
    keep: "head",
  });
  return succeeded(tried);
};
