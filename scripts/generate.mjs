/**
 * Writes what comes from the table of settings: .env.example and docs/environment.md.
 * With --check it writes nothing, and fails when a file is not what the table says.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

const loadGenerator = async () => {
  const directory = await mkdtemp(join(tmpdir(), "ai-implement-generate-"));
  try {
    const outfile = join(directory, "generate.mjs");
    await build({
      entryPoints: [join(root, "packages/orchestrator/src/config/generate.ts")],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** A file that is not there is one that differs. */
const currentText = async (file) => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
};

const { envExample, environmentPage } = await loadGenerator();
const wanted = [
  { file: join(root, ".env.example"), text: envExample() },
  { file: join(root, "docs/environment.md"), text: environmentPage() },
];
const check = process.argv.includes("--check");
for (const { file, text } of wanted) {
  if ((await currentText(file)) === text) continue;
  const name = relative(root, file);
  if (check) {
    console.error(`${name} is not what the table of settings says. Run: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
    console.log(`wrote ${name}`);
  }
}
