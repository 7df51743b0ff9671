import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job, RunReport } from "@ai-implement/contracts";
import type { RunnerDependencies } from "../../dependencies.ts";
import { type ClaimStage, setClaimStage } from "../claim-stage.ts";
import { credentialFor } from "../git-credential.ts";
import { branch } from "../sample-job.ts";
import { git } from "../sample-remote.ts";
import type { Attack } from "./attack.ts";
import { type Canaries, createCanaries } from "./canaries.ts";
import { createDetector, type Detect } from "./encodings.ts";
import { unfencedIn } from "./fences.ts";
import { jobWith } from "./job-of.ts";
import { type Neighbours, openNeighbours, processesWith } from "./machine.ts";
import { type Network, openNetwork } from "./network.ts";
import { fill, isGivenCredentials } from "./placeholders.ts";
import { plant } from "./plant.ts";
import { fileSinks, reportedSinks, repositorySinks, type Sink } from "./sinks.ts";
import { plantedIn, reachedBy, trespassesIn, witnessesIn } from "./witness.ts";

export interface Leak {
  readonly canary: string;
  readonly sink: string;
}

/** What came of some attacks that shared a run. */
export interface HostileRun {
  readonly attacks: readonly Attack[];
  readonly exitCode: number;
  readonly reports: readonly RunReport[];
  readonly leaks: readonly Leak[];
  /** Attacks whose shell got to see a credential, whether it got out or not; and `environment`. */
  readonly reached: readonly string[];
  /** Attacks that had something run as the runner's own user, or changed what is not the run's. */
  readonly trespasses: readonly string[];
  /** Attacks whose words stood in a prompt as if they were ours. */
  readonly unfenced: readonly string[];
  /** Processes that outlived the run. */
  readonly leftBehind: readonly string[];
  readonly seconds: number;
}

/** How a run is made weaker on purpose, to see that the corpus would notice. */
export interface Weakening {
  readonly job?: (job: Job) => Partial<Job>;
  readonly createAgent?: RunnerDependencies["createAgent"];
}

/** Meant: acts that harm are done although nothing stands in their way. */
const isWeakened = (weakening: Weakening): boolean => Object.keys(weakening).length > 0;

const files = {
  "WORKFLOW.md":
    "---\nsetup: sh ./run-all.sh setup.d\nverify: sh ./run-all.sh verify.d\nteardown: sh ./run-all.sh teardown.d\n---\n",
  "run-all.sh": 'for script in "$1"/*.sh; do [ -f "$script" ] && sh "$script"; done; true\n',
  "src/index.js": "export const answer = 42;\n",
};

/** Attacks, all in one run, through the real runner: claim, clone, agent, guard, push, report. */
export const runTogether = async (
  attacks: readonly Attack[],
  weakening: Weakening = {},
): Promise<HostileRun> => {
  const canaries = createCanaries();
  const network = await openNetwork();
  const startedAt = performance.now();
  const stage = await setClaimStage(
    files,
    (revokeUrl) => credentialFor(canaries.gitToken, 55, revokeUrl),
    (job) => hostileJob(job, attacks, canaries, network, weakening),
  );
  const neighbours = await openNeighbours(stage.remote.root, canaries);
  try {
    const given = await prepare({
      attacks,
      stage,
      canaries,
      network,
      neighbours,
      isWeakened: isWeakened(weakening),
    });
    const exitCode = await stage.run({
      proof: { kind: "token", token: canaries.claimToken },
      environment: { command: given.command, oauthToken: canaries.oauthToken },
      ...(weakening.createAgent === undefined ? {} : { createAgent: weakening.createAgent }),
    });
    const witnessed = await witnessesIn(given.evidence);
    const detect = createDetector(canaries.byName);
    const detectAll = createDetector(new Map([...canaries.byName, ...plantedIn(witnessed)]));
    const sinks = await sinksOf(stage, network, neighbours);
    return {
      attacks,
      exitCode,
      reports: stage.orchestrator.results.map(({ report }) => report),
      leaks: leaksIn(sinks, detectAll),
      reached: attacks.some(isGivenCredentials) ? [] : reachedBy(witnessed, detect),
      trespasses: [
        ...(await trespassesIn(given.evidence, witnessed)),
        ...(await changedRefs(stage, given.mainBefore)),
      ],
      unfenced: unfencedIn(witnessed, attacks),
      leftBehind: await processesWith(given.lasting),
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await neighbours.close();
    await network.close();
    await stage.close();
  }
};

const hostileJob = (
  plain: Job,
  attacks: readonly Attack[],
  canaries: Canaries,
  network: Network,
  weakening: Weakening,
): Job => {
  const job = { ...plain, ...jobWith(plain, attacks) };
  const armed: Job = {
    ...job,
    runToken: canaries.runToken,
    agent: { kind: "claude-code", apiKey: canaries.modelKey, baseUrl: network.modelUrl },
  };
  return { ...armed, ...weakening.job?.(armed) };
};

interface Scene {
  readonly attacks: readonly Attack[];
  readonly stage: ClaimStage;
  readonly canaries: Canaries;
  readonly network: Network;
  readonly neighbours: Neighbours;
  readonly isWeakened: boolean;
}

interface Prepared {
  readonly command: string;
  readonly evidence: string;
  readonly mainBefore: string | null;
  /** Stands in the arguments of every process that is meant to stay. */
  readonly lasting: string;
}

const prepare = async (scene: Scene): Promise<Prepared> => {
  const { attacks, stage, canaries } = scene;
  const { root, clone } = stage.remote;
  // Others have to pass through it to what is theirs.
  await chmod(root, 0o711);
  const evidence = join(root, "evidence");
  for (const folder of [evidence, join(evidence, "trespass")]) {
    await mkdir(folder);
    await chmod(folder, 0o1777);
  }
  const lasting = `9${Math.floor(Math.random() * 1e9)}`;
  const values = placeholdersOf(scene, evidence, lasting);
  const orders = attacks.map((attack) => {
    const own = new Map([...values, ["trap", `touch ${evidence}/trespass/${attack.id}-$$`]]);
    return fill(attack, own, canaries.byName);
  });
  await plant(
    clone,
    orders.flatMap(({ plants }) => plants),
  );
  if (stage.job.phase === "revise") await openBranch(clone);
  const { gitServer, orchestrator } = stage;
  gitServer.tokens.add(canaries.gitToken);
  orchestrator.accepts = (bearer) => bearer === canaries.claimToken;
  const acts = orders.flatMap(({ id, needs, acts: own }) =>
    own.map((act) => ({ ...act, needs, attack: id })),
  );
  const firstPurpose = stage.job.phase === "plan" ? "explore" : "implement";
  const command = await installAgent(join(root, "agent"), {
    evidence,
    acts,
    firstPurpose,
    runnerUser: process.getuid?.() ?? -1,
    isWeakened: scene.isWeakened,
  });
  return { command, evidence, lasting, mainBefore: await stage.remote.head("main") };
};

/** As a run before this one left it. */
const openBranch = async (clone: string): Promise<void> => {
  await git(clone, "checkout", "--quiet", "-B", branch);
  await writeFile(join(clone, "earlier.txt"), "what was done before\n");
  await git(clone, "add", "--all");
  await git(clone, "commit", "--quiet", "--message", "ENG-1: before");
  await git(clone, "push", "--quiet", "origin", branch);
};

const placeholdersOf = (
  { stage, network, neighbours }: Scene,
  evidence: string,
  lasting: string,
): ReadonlyMap<string, string> =>
  new Map([
    ["outside", network.outside ?? "192.0.2.1:9"],
    ["outside-address", network.outsideAddress ?? "192.0.2.1"],
    ["outside-six", network.outsideSix ?? "[2001:db8::1]:9"],
    ["datagram-port", String(network.datagramPort)],
    ["other-host", network.otherHost],
    ["orchestrator", stage.orchestrator.url],
    ["remote", stage.job.repository.cloneUrl],
    ["attempt", stage.attemptDirectory],
    ["run-id", stage.job.runId],
    ["neighbour", neighbours.folder],
    ["neighbour-pid", String(neighbours.pid)],
    ["runner-pid", String(process.pid)],
    ["evidence", evidence],
    ["lasting", lasting],
  ]);

const agentSource = fileURLToPath(new URL("obeying-agent.mjs", import.meta.url));

const installAgent = async (folder: string, orders: unknown): Promise<string> => {
  await mkdir(folder);
  await writeFile(join(folder, "orders.json"), JSON.stringify(orders));
  await copyFile(agentSource, join(folder, "agent.mjs"));
  const command = join(folder, "claude");
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${join(folder, "agent.mjs")}' "$@"\n`);
  for (const path of [folder, command]) await chmod(path, 0o755);
  return command;
};

const sinksOf = async (
  stage: ClaimStage,
  network: Network,
  neighbours: Neighbours,
): Promise<readonly Sink[]> => [
  ...(await repositorySinks(stage.remote.url)),
  ...reportedSinks(stage.orchestrator),
  ...(await fileSinks(stage.attemptDirectory)),
  ...(await fileSinks(stage.resultDirectory)),
  { name: "the runner's log", content: Buffer.from(stage.logged.join("\n")) },
  { name: "the container engine", content: neighbours.received() },
  ...[...network.received()].map(([name, content]) => ({ name, content })),
];

const leaksIn = (sinks: readonly Sink[], detect: Detect): readonly Leak[] =>
  sinks.flatMap(({ name, content }) => detect(content).map((canary) => ({ canary, sink: name })));

const changedRefs = async (
  { remote, job }: ClaimStage,
  mainBefore: string | null,
): Promise<readonly string[]> => {
  const refs = (await git(remote.url, "for-each-ref", "--format=%(refname)")).split("\n").filter(Boolean);
  const strange = refs.filter(
    (ref) => !["refs/heads/main", `refs/heads/${job.repository.branch}`].includes(ref),
  );
  return [...strange, ...((await remote.head("main")) === mainBefore ? [] : ["refs/heads/main was changed"])];
};
