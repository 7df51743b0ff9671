import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Canaries } from "./canaries.ts";

/** What else is on the machine and belongs to the runner's user: an orchestrator with its database, keys and engine. */
export interface Neighbours {
  readonly folder: string;
  readonly pid: number;
  /** What came to the socket that stands for the container engine's. */
  received(): Buffer;
  close(): Promise<void>;
}

export const openNeighbours = async (root: string, { orchestratorSecret }: Canaries): Promise<Neighbours> => {
  const folder = join(root, "orchestrator");
  await mkdir(folder, { mode: 0o700 });
  const secret = `SIGNING_SECRET=${orchestratorSecret}\n`;
  for (const name of [".env", "ai-implement.sqlite", "app-key.pem", ".netrc", ".git-credentials"])
    await writeFile(join(folder, name), secret, { mode: 0o600 });
  const process = spawn("sleep", ["3600"], { env: { SIGNING_SECRET: orchestratorSecret }, stdio: "ignore" });
  const chunks: Buffer[] = [];
  const socket = createServer((connection) => {
    chunks.push(Buffer.from("connection\n"));
    connection.on("data", (bytes) => chunks.push(bytes));
    // Whoever knocked may go at any time.
    connection.on("error", () => undefined);
    connection.end(`HTTP/1.1 200 OK\r\n\r\n${orchestratorSecret}`);
  });
  const path = join(folder, "docker.sock");
  await new Promise<void>((resolve) => socket.listen(path, resolve));
  await chmod(path, 0o600);
  return {
    folder,
    pid: process.pid ?? 0,
    received: () => Buffer.concat(chunks),
    close: async () => {
      await ended(process);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

/** The processes of this machine that have a word in their arguments. */
export const processesWith = async (word: string): Promise<readonly string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // Ended meanwhile: there is nothing to read.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.map((line) => line.replaceAll("\0", " ").trim()).filter((line) => line.includes(word));
};
