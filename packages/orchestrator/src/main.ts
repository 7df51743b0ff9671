import { setFlagsFromString } from "node:v8";
import { CommanderError } from "commander";
import { createProgram } from "./cli/program.ts";
import type { Listen } from "./cli/start.ts";

/** The only file that reads `process.env`, listens and exits. */

// V8 would rather grow its heap than collect what is dead: a burst of a thousand dispatches took 200 MB instead of 130,
// and all of this has to run in 256 (§1).
setFlagsFromString("--optimize-for-size");

const listen: Listen = async (app, address) => {
  try {
    await app.listen(address);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new Error(`Port ${address.port} is in use: end what listens there, or set PORT to another.`);
    throw error;
  }
  const bound = app.server.address();
  return bound !== null && typeof bound === "object" ? bound.port : address.port;
};

const stopping = new AbortController();
/** A terminal and the program that started us may both pass on the same Ctrl-C: that is one, not two. */
const sameSignalMs = 1_000;
let stoppedAt: number | null = null;
const stop = (): void => {
  // A second one, later, means now.
  if (stoppedAt !== null && Date.now() - stoppedAt > sameSignalMs) process.exit(1);
  stoppedAt ??= Date.now();
  stopping.abort();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

try {
  await createProgram({
    environment: process.env,
    directory: process.cwd(),
    interactive: process.stdout.isTTY,
    output: process.stdout,
    listen,
    signal: stopping.signal,
    setExitCode: (code) => {
      process.exitCode = code;
    },
  }).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    // Every message of ours names the thing and the fix; a stack would only bury it.
    process.stderr.write(`ai-implement: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
// All is done. A request that was given up on, or a look that was interrupted, must not keep the terminal for as long as
// its own timeout: end, once what was said is out.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((said) => stream.write("", said))),
);
process.exit();
