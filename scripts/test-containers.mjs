/**
 * `npm run test:containers`: builds the runner's image and runs what needs it, on this machine's container engine
 * (`DOCKER_HOST`): the executor's contract, and the whole way of a ticket with the real Claude Code CLI in containers.
 *
 *   --base IMAGE    what the image is built on; without it node:24-bookworm-slim where the engine has that, else a Debian
 *                   with this machine's own Node.js
 *   anything else is handed to vitest
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildRunnerImage } from "./build-runner-image.mjs";
import { buildImage, findEngineCommand, hasImage } from "./container-engine.mjs";
import { exitCodeOf, interruption, runCommand, secondsSince } from "./run-command.mjs";
import { ensureReady, runScript } from "./setup.mjs";

const root = join(import.meta.dirname, "..");
const image = "localhost/ai-implement-runner:test";
const usualBase = "node:24-bookworm-slim";
const debian = "localhost/debian:bookworm";
const testTimeoutMs = 20 * 60_000;

/** Certificates that were added to this machine's: a registry behind a proxy is reached from a build only with them. */
const ownCertificates = "/usr/local/share/ca-certificates";

const dockerfile = `FROM ${debian}
COPY certificates ${ownCertificates}
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
`;

/** A Debian with this machine's Node.js, for where no registry of images is reached. Built once per version of Node. */
const ensureTestBase = async (command, signal) => {
  const version = createHash("sha256").update(process.version).update(dockerfile).digest("hex").slice(0, 12);
  const tag = `localhost/ai-implement-test-base:${version}`;
  if (await hasImage(command, tag)) return tag;
  const context = await mkdtemp(join(tmpdir(), "ai-implement-base-"));
  try {
    const certificates = join(context, "certificates");
    await mkdir(certificates);
    // Never empty: a COPY of nothing fails with some builders.
    await writeFile(join(certificates, "README"), "Certificates of the machine that built this.\n");
    for (const name of existsSync(ownCertificates) ? await readdir(ownCertificates) : [])
      if (name.endsWith(".crt")) await copyFile(join(ownCertificates, name), join(certificates, name));
    const node = await realpath(process.execPath);
    await copyFile(node, join(context, "node"));
    await cp(join(dirname(node), "../lib/node_modules/npm"), join(context, "npm"), { recursive: true });
    await writeFile(join(context, "Dockerfile"), dockerfile);
    const built = { tag, dockerfile: join(context, "Dockerfile"), context, signal };
    return (await buildImage(command, built)) === 0 ? tag : null;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
};

const chooseBase = async (command, given, signal) => {
  if (given !== null) return given;
  if (await hasImage(command, usualBase)) return usualBase;
  if (await hasImage(command, debian)) return ensureTestBase(command, signal);
  // The engine fetches it.
  return usualBase;
};

/** @returns the arguments for vitest, and the base where one was named */
const parse = (args) => {
  const at = args.indexOf("--base");
  return at < 0
    ? { base: null, rest: args }
    : { base: args[at + 1] ?? usualBase, rest: args.filter((_, index) => index !== at && index !== at + 1) };
};

const stage = async (name, work) => {
  const begin = performance.now();
  const result = await work();
  console.log(`${name}: ${secondsSince(begin)}`);
  return result;
};

await runScript(async () => {
  const { base: given, rest } = parse(process.argv.slice(2));
  const signal = interruption();
  const { command, problem } = await findEngineCommand();
  if (command === null) {
    console.error(problem);
    return 1;
  }
  await ensureReady({ signal });
  const base = await stage("base image", () => chooseBase(command, given, signal));
  if (base === null) return 1;
  const code = await stage("runner image", () => buildRunnerImage(command, { tag: image, base, signal }));
  if (signal.aborted) return exitCodeOf(signal.reason);
  if (code !== 0) return code;
  const files = ["packages/orchestrator/src/adapters/executor/docker", "e2e/docker.test.ts"];
  const tests = await stage("tests", () =>
    runCommand(join(root, "node_modules/.bin/vitest"), ["run", "--no-file-parallelism", ...files, ...rest], {
      cwd: root,
      timeoutMs: testTimeoutMs,
      signal,
      inherit: true,
      env: { ...process.env, AI_IMPLEMENT_TEST_RUNNER_IMAGE: image },
    }),
  );
  if (tests.timedOut)
    console.log(`The tests were stopped: they took longer than ${testTimeoutMs / 60_000} min.`);
  console.log(`${tests.code === 0 ? "ok" : "FAILED"} containers`);
  return signal.aborted ? exitCodeOf(signal.reason) : tests.code;
});
