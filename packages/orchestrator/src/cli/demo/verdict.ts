import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Store } from "../../ports/store.ts";
import { type DemoFolder, demoGitEnvironment } from "./prepare.ts";
import { sampleRepository } from "./sample-repository.ts";

/** The last line of `demo --once`: true of the repository that it names. */
export interface DemoVerdict {
  readonly ticket: string;
  readonly run: string;
  readonly phases: readonly string[];
  readonly pr: { readonly number: number; readonly url: string; readonly branch: string };
  /** The change is on the default branch of `repository`. */
  readonly merged: boolean;
  /** The repository's own tests, run in a fresh clone of that branch. */
  readonly tests: { readonly command: string; readonly passed: boolean };
  readonly seconds: number;
  readonly agent: string;
  readonly repository: string;
}

/** Looks for itself: at the repository for the merge, at a fresh clone for the tests. */
export const judge = async (
  store: Store,
  folder: DemoFolder,
  ticketId: string,
  startedAt: number,
  now: number,
): Promise<DemoVerdict> => {
  const opened = await store.findPullRequest(ticketId);
  const lines = (await store.listRuns({ limit: 50 })).items;
  const runs = lines.map(({ run }) => run).filter(({ ticket }) => ticket.id === ticketId);
  const implemented = runs.find(
    ({ phase, report }) => phase === "implement" && report?.outcome === "implemented",
  );
  if (opened === null || implemented?.report?.outcome !== "implemented")
    throw new Error(`The ticket ${ticketId} has no implemented run with a pull request.`);
  return {
    ticket: implemented.ticket.identifier,
    run: implemented.id,
    phases: runs.map(({ phase }) => phase).reverse(),
    pr: {
      number: opened.pullRequest.number,
      url: opened.pullRequest.url,
      branch: opened.pullRequest.head,
    },
    merged: await isOnDefaultBranch(folder.repository, implemented.report.headCommit),
    tests: await runTests(folder.repository),
    seconds: Math.round((now - startedAt) / 100) / 10,
    agent: implemented.report.agent,
    repository: folder.repository,
  };
};

const isOnDefaultBranch = async (repository: string, commit: string): Promise<boolean> => {
  const { exitCode } = await execa(
    "git",
    ["merge-base", "--is-ancestor", commit, sampleRepository.defaultBranch],
    { cwd: repository, env: demoGitEnvironment, reject: false, timeout: 30_000 },
  );
  return exitCode === 0;
};

const runTests = async (repository: string): Promise<DemoVerdict["tests"]> => {
  const clone = await mkdtemp(join(tmpdir(), "ai-implement-demo-check-"));
  try {
    await execa("git", ["clone", "--quiet", repository, clone], { env: demoGitEnvironment, timeout: 30_000 });
    const { exitCode } = await execa(process.execPath, ["--test"], {
      cwd: clone,
      reject: false,
      timeout: 60_000,
      // Set by an enclosing test run, it would make the inner one report to the outer and print nothing.
      env: { NODE_TEST_CONTEXT: undefined },
    });
    return { command: "node --test", passed: exitCode === 0 };
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
};
