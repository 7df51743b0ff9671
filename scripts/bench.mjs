/**
 * `npm run bench`: measurements, never assertions. Each figure stands beside what it is held against in the same run;
 * docs/performance.md says what they mean.
 *
 *   --json     everything that was measured, with every sample
 *   <name> …   only these benches
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commonJsBanner } from "./build.mjs";
import { interruption, runCommand } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const timeoutMs = 10 * 60_000;

/** Beside its sources, as a bundled module finds the native one that it leaves outside only from within the project. */
const benchProgram = join(root, "bench/dist/main.mjs");

const bundle = async () => {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(root, "bench/main.ts")],
    outfile: benchProgram,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["better-sqlite3"],
    banner: { js: commonJsBanner },
    // As the programs are: the text of a program is a part of its memory.
    minifyWhitespace: true,
    logLevel: "warning",
  });
  // The runner reads its pipelines beside itself.
  await cp(join(root, "packages/runner/pipelines"), join(root, "bench/dist/pipelines"), { recursive: true });
};

await runScript(async () => {
  const signal = interruption();
  await ensureReady({ signal });
  await bundle();
  const folder = await mkdtemp(join(tmpdir(), "ai-bench-"));
  const program = join(root, "packages/orchestrator/dist/ai-implement.js");
  try {
    const { code, timedOut } = await runCommand(
      process.execPath,
      [benchProgram, "--program", program, ...process.argv.slice(2)],
      { cwd: root, timeoutMs, signal, inherit: true, env: { ...process.env, TMPDIR: folder } },
    );
    if (timedOut) console.error(`The benches were stopped: they took longer than ${timeoutMs / 60_000} min.`);
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
