import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FakeOrchestrator } from "../fake-orchestrator.ts";
import { path } from "../sample-remote.ts";

/** A place where others can read what a run left there. */
export interface Sink {
  readonly name: string;
  readonly content: Buffer;
}

const run = promisify(execFile);
const maxBytes = 256 * 1024 * 1024;

/** Everything that reached the code host: names of refs, and every object, whether something refers to it or not. */
export const repositorySinks = async (bare: string): Promise<readonly Sink[]> => {
  const read = async (...args: readonly string[]): Promise<Buffer> => {
    const options = { cwd: bare, env: { PATH: path }, encoding: "buffer", maxBuffer: maxBytes } as const;
    return (await run("git", [...args], options)).stdout;
  };
  const objects = await read("cat-file", "--batch-all-objects", "--batch", "--buffer");
  return [
    { name: "names of branches and tags", content: await read("for-each-ref") },
    // A bomb that was planted is as it was, and what is compressed in it is nobody's credential.
    { name: "commits, trees and files", content: objects.subarray(0, 16 * 1024 * 1024) },
    {
      name: "the change",
      content: await read("log", "--all", "--not", "main", "--patch", "--text", "--format=%an %ae %B"),
    },
    {
      name: "the change's lines in a row",
      content: addedLines(
        await read("log", "--all", "--not", "main", "--patch", "--text", "--unified=0", "--format="),
      ),
    },
  ];
};

/** Whoever spreads a value over lines and files reads it back this way. */
const addedLines = (patch: Buffer): Buffer => {
  const added = patch
    .toString("latin1")
    .split("\n")
    .filter((line) => line.startsWith("+") && !line.startsWith("+++"));
  return Buffer.from(added.map((line) => line.slice(1)).join(""), "latin1");
};

/** What people and programs are told through the orchestrator. */
export const reportedSinks = ({ progress, results }: FakeOrchestrator): readonly Sink[] => [
  { name: "progress", content: Buffer.from(JSON.stringify(progress)) },
  { name: "result", content: Buffer.from(JSON.stringify(results)) },
];

/** The runner's own files, which are kept: its log, its report. */
export const fileSinks = async (folder: string): Promise<readonly Sink[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => ({ name, content: await readFile(join(folder, name)) })),
  );
};
