/**
 * `npm test`: every check and every test, each with a time limit. The last line is `N passed, N failed`.
 *
 *   --unit     only the unit tests, without the static checks and without the agent CLI
 *   --static   only the static checks
 *   anything else is handed to vitest: a file name, -t "a name"
 */
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tooLongScripts } from "./check-length.mjs";
import { killLeftovers } from "./leftovers.mjs";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const binary = (name) => join(root, "node_modules/.bin", name);

const checkTimeoutMs = 5 * 60_000;
const testTimeoutMs = 25 * 60_000;

const program = (name, command, args) => ({
  name,
  run: (signal) => runCommand(command, args, { cwd: root, timeoutMs: checkTimeoutMs, signal }),
});

const checks = [
  program("eslint", binary("eslint"), ["."]),
  program("typecheck", binary("tsc"), ["--noEmit"]),
  program("biome", binary("biome"), ["check", "."]),
  program("import rules", binary("depcruise"), [
    ...["packages", "e2e", "bench", "scripts"],
    ...["--config", ".dependency-cruiser.mjs"],
  ]),
  program("knip", binary("knip"), []),
  program("generated files", process.execPath, ["scripts/generate.mjs", "--check"]),
  {
    name: "script length",
    run: async () => {
      const messages = await tooLongScripts();
      return { code: messages.length === 0 ? 0 : 1, output: messages.join("\n"), timedOut: false };
    },
  },
];

/** All of them, whatever the first ones say: one run should show everything that is to be mended. */
const runChecks = async (signal) => {
  const failed = [];
  const waiting = [...checks];
  // Two at a time: the longest of them uses one core, and the others together take as long.
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined && !signal.aborted; check = waiting.shift())
      if (!(await passes(check, signal))) failed.push(check.name);
  };
  await Promise.all([work(), work()]);
  return failed;
};

const passes = async ({ name, run }, signal) => {
  const begin = performance.now();
  const { code, output, timedOut } = await run(signal);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${secondsSince(begin)})`);
  if (code === 0) return true;
  console.log(output);
  if (timedOut) console.log(`${name} was stopped: it took longer than ${checkTimeoutMs / 60_000} min.`);
  return false;
};

/** @returns what vitest said of itself, or null when it did not get that far. */
const runTests = async (args, claudeCommand, signal) => {
  const folder = await mkdtemp(join(tmpdir(), "ai-test-"));
  // The agents of the tests run as users of their own, and have to get through to their rooms.
  await chmod(folder, 0o711);
  const report = join(folder, "results.json");
  // Everything that the tests make lies in this folder, and whatever they start can be told by it.
  const env = { ...process.env, TMPDIR: folder };
  if (claudeCommand !== null) env.AI_IMPLEMENT_CLAUDE = claudeCommand;
  const begin = performance.now();
  try {
    const { code, timedOut } = await runCommand(
      binary("vitest"),
      ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
      { cwd: root, timeoutMs: testTimeoutMs, signal, inherit: true, env },
    );
    console.log(`${code === 0 ? "ok    " : "FAILED"} tests (${secondsSince(begin)})`);
    if (timedOut) console.log(`The tests were stopped: they took longer than ${testTimeoutMs / 60_000} min.`);
    for (const line of await conformanceIn(folder)) console.log(line);
    return { code, counts: await countsIn(report) };
  } finally {
    const left = killLeftovers(folder);
    if (left > 0) console.log(`The tests left ${left} processes running; they were killed.`);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** A file that could not even be loaded has no tests to count: it is one failure. */
const countsIn = async (report) => {
  try {
    const results = JSON.parse(await readFile(report, "utf8"));
    const unloaded = results.testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((test) => test.status === "failed"),
    ).length;
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + unloaded,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } catch (error) {
    console.log(`vitest left no results (${error.message}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
};

/** What the emulators held against their vendors' own schemas. Nothing to say where the schemas are not there. */
const conformanceIn = async (folder) => {
  const totals = new Map();
  const ledger = await readFile(join(folder, "conformance.jsonl"), "utf8").catch(() => "");
  for (const line of ledger.split("\n").filter(Boolean)) {
    const { vendor, validated, violations } = JSON.parse(line);
    const total = totals.get(vendor) ?? { validated: 0, violations: 0 };
    totals.set(vendor, {
      validated: total.validated + validated,
      violations: total.violations + violations,
    });
  }
  return [...totals].map(
    ([vendor, { validated, violations }]) =>
      `Conformance: ${validated} requests to ${vendor} held against its own schema, ${violations} violations`,
  );
};

const summary = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

await runScript(async () => {
  const given = process.argv.slice(2);
  const onlyUnit = given.includes("--unit");
  const onlyStatic = given.includes("--static");
  const vitestArguments = given.filter((argument) => argument !== "--unit" && argument !== "--static");

  const signal = interruption();
  const { claudeCommand } = await ensureReady({ claudeCode: !onlyUnit && !onlyStatic, signal });
  const failedChecks = onlyUnit ? [] : await runChecks(signal);
  if (signal.aborted) return exitCodeOf(signal.reason);
  if (onlyStatic) return failedChecks.length === 0 ? 0 : 1;

  const project = onlyUnit ? ["--project", "unit"] : [];
  const { code, counts } = await runTests([...project, ...vitestArguments], claudeCommand, signal);
  if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(", ")}`);
  console.log(summary(counts));
  if (signal.aborted) return exitCodeOf(signal.reason);
  return code === 0 && counts.failed === 0 && failedChecks.length === 0 ? 0 : 1;
});
