import { z } from "zod";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import { describeEnd, succeeded } from "../process/run-command.ts";
import { findConfined, readConfined } from "../repository/confined-file.ts";
import type { PackageManager } from "../repository/repository-settings.ts";
import { refusedHosts } from "../sandbox/refused-hosts.ts";
import { runInside } from "../sandbox/run-inside.ts";
import { maxScriptOutput, ranCommand, scriptTimeoutMs } from "./run-script.ts";

const maxManifestBytes = 1024 * 1024;
const maxLockfileBytes = 64 * 1024 * 1024;

/** The dependencies, by the package manager that the repository uses (§10.1). */
export const install: Step = {
  essential: true,
  run: async (input) => {
    const choice = await chooseInstall(input);
    if (choice.kind === "nothing") return { status: "skipped", detail: choice.why };
    const [command, ...args] = choice.command;
    const result = await runInside(input.sandbox, {
      command,
      arguments: args,
      directory: input.folders.workspace,
      environment: input.environment,
      timeoutMs: scriptTimeoutMs,
      signal: input.signal,
      maxOutput: maxScriptOutput,
      keep: "tail",
    });
    const line = choice.command.join(" ");
    input.account.ran(ranCommand("install", line, result));
    const said = `\`${line}\` ${describeEnd(result)}\n${result.output.trim()}`.trim();
    if (!succeeded(result))
      throw new StepFailure(
        "install-failed",
        result.end.kind === "not-started"
          ? `${command} is not installed where the run happens (${result.end.message}): use an image that has it, or set packageManager in .ai-implement/config.yml.`
          : refusedHosts(input.sandbox) + said,
      );
    return { status: "succeeded", input: line, detail: said };
  },
};

type Choice =
  | { readonly kind: "nothing"; readonly why: string }
  | { readonly kind: "run"; readonly command: readonly [string, ...string[]] };

interface Lockfile {
  readonly manager: PackageManager;
  readonly name: string;
}

/** npm's comes last: it is the one that is left behind when a team changes its package manager. */
const lockfiles: readonly Lockfile[] = [
  { manager: "pnpm", name: "pnpm-lock.yaml" },
  { manager: "yarn", name: "yarn.lock" },
  { manager: "npm", name: "npm-shrinkwrap.json" },
  { manager: "npm", name: "package-lock.json" },
];

const chooseInstall = async ({ folders, facts }: StepInput): Promise<Choice> => {
  const { workspace } = folders;
  const manifest = await readConfined(workspace, "package.json", maxManifestBytes);
  if (manifest.kind === "absent") return { kind: "nothing", why: "no package.json" };
  if (manifest.kind === "refused")
    throw new StepFailure("install-failed", `package.json cannot be read: ${manifest.why}.`);
  const configured = required(facts.settings, "clone").packageManager;
  const present: Lockfile[] = [];
  for (const lockfile of lockfiles)
    if ((await findConfined(workspace, lockfile.name)).kind === "file") present.push(lockfile);
  const lockfile = present.find(({ manager }) => configured === undefined || manager === configured);
  if (lockfile === undefined && !hasDependencies(manifest.text))
    return { kind: "nothing", why: "package.json names no dependencies" };
  const manager = configured ?? lockfile?.manager ?? "npm";
  if (lockfile === undefined) return { kind: "run", command: withoutLockfile(manager) };
  return { kind: "run", command: await withLockfile(lockfile, workspace) };
};

/** Nothing may be installed that the lockfile does not name. */
const withLockfile = async (
  { manager, name }: Lockfile,
  workspace: string,
): Promise<readonly [string, ...string[]]> => {
  switch (manager) {
    case "npm":
      return ["npm", "ci", "--no-audit", "--no-fund"];
    case "pnpm":
      return ["pnpm", "install", "--frozen-lockfile"];
    case "yarn": {
      // Yarn 1 has another name for it, and says in its lockfile that it is Yarn 1.
      const text = await readConfined(workspace, name, maxLockfileBytes);
      const isFirst = text.kind === "text" && text.text.slice(0, 500).includes("yarn lockfile v1");
      return ["yarn", "install", isFirst ? "--frozen-lockfile" : "--immutable"];
    }
  }
};

/** A lockfile that this made would end up in the pull request. */
const withoutLockfile = (manager: PackageManager): readonly [string, ...string[]] => {
  switch (manager) {
    case "npm":
      return ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"];
    case "pnpm":
      return ["pnpm", "install", "--no-lockfile"];
    case "yarn":
      return ["yarn", "install"];
  }
};

const names = z.record(z.string(), z.unknown()).optional();
const manifestSchema = z.object({
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  workspaces: z.unknown().optional(),
});

const hasDependencies = (source: string): boolean => {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new StepFailure(
      "install-failed",
      `package.json is not JSON (${error instanceof Error ? error.message : String(error)}): mend it on the default branch.`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw new StepFailure("install-failed", "package.json is not a package manifest.");
  const { workspaces, ...groups } = parsed.data;
  return (
    workspaces !== undefined || Object.values(groups).some((group) => Object.keys(group ?? {}).length > 0)
  );
};
