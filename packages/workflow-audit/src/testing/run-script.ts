import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { freshMachine } from "./fresh-machine.ts";
import { readTemplate, type WorkflowTemplate } from "./templates.ts";

export interface ScriptResult {
  readonly status: number | null;
  readonly output: string;
  /** What the step wrote to `$GITHUB_OUTPUT`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

interface ParsedSteps {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

/**
 * Runs the first script of a template's job, or the one of the named step, as GitHub's `shell: bash` does, with nothing in its environment but this, on a
 * machine that has nothing but what a template may ask for.
 */
export const runScript = async (
  template: WorkflowTemplate,
  job: string,
  env: Readonly<Record<string, string>>,
  step?: string,
): Promise<ScriptResult> => {
  const { jobs } = parse(readTemplate(template)) as ParsedSteps;
  const script = jobs[job]?.steps.find(
    ({ name, run }) => run !== undefined && (step === undefined || name === step),
  )?.run;
  if (script === undefined) throw new Error(`${template} has no script in the job ${job}.`);
  const folder = await mkdtemp(join(tmpdir(), "template-step-"));
  const machine = freshMachine();
  try {
    const [file, outputFile, summaryFile] = ["script.sh", "output", "summary"].map((name) =>
      join(folder, name),
    );
    if (file === undefined || outputFile === undefined || summaryFile === undefined)
      throw new Error("no files");
    await Promise.all([writeFile(file, script), writeFile(outputFile, ""), writeFile(summaryFile, "")]);
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", file], {
      cwd: folder,
      env: { PATH: machine.path, GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const written = await readFile(outputFile, "utf8");
    const pairs = written.split("\n").flatMap((line) => (line.includes("=") ? [splitAtFirst(line)] : []));
    return {
      status,
      output,
      outputs: Object.fromEntries(pairs),
      summary: await readFile(summaryFile, "utf8"),
    };
  } finally {
    machine.remove();
    await rm(folder, { recursive: true, force: true });
  }
};

const splitAtFirst = (line: string): [string, string] => {
  const equals = line.indexOf("=");
  return [line.slice(0, equals), line.slice(equals + 1)];
};
