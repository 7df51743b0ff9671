import type { CustomStep } from "@ai-implement/runner/custom/custom-step.ts";

/** Every new source file begins with our licence line. */
export const step: CustomStep = {
  essential: true,
  async run({ job, run, readFile, log }) {
    const missing: string[] = [];
    for (const path of job.changedFiles.filter((name) => name.endsWith(".js"))) {
      const text = await readFile(path);
      if (text !== null && !text.startsWith("// Licence: Apache-2.0")) missing.push(path);
    }
    log(`${missing.length} files without a licence line`);
    if (missing.length > 0) return { status: "failed", detail: missing.join("\n") };
    const { exitCode, output } = await run("git", "--version");
    return { detail: `git ended with ${exitCode}: ${output.trim()}` };
  },
};
