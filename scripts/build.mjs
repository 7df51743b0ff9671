/** Bundles the service and the sandbox program, one file each. */
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

const programs = [
  { from: "packages/orchestrator/src/main.ts", to: "packages/orchestrator/dist/ai-implement.js" },
  { from: "packages/runner/src/main.ts", to: "packages/runner/dist/runner.js" },
];

/** Packages in CommonJS call `require` for Node's own modules; an ES module has none unless it is given one. */
export const commonJsBanner = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  'const __dirname = __fileURLToPath(new URL(".", import.meta.url));',
].join("\n");

export const buildPrograms = async () => {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  await Promise.all(
    programs.map(({ from, to }) =>
      build({
        entryPoints: [join(root, from)],
        outfile: join(root, to),
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        // A native module finds its binary beside itself.
        external: ["better-sqlite3"],
        banner: { js: commonJsBanner },
        define: { __AI_IMPLEMENT_VERSION__: JSON.stringify(version) },
        // Without comments: see requireOneByte.
        minifyWhitespace: true,
        sourcemap: "linked",
        logLevel: "warning",
      }),
    ),
  );
  for (const { to } of programs) await requireOneByte(to);
  // The runner reads its pipelines beside itself, and runs where there is nothing but bin/ and dist/.
  await cp(join(root, "packages/runner/pipelines"), join(root, "packages/runner/dist/pipelines"), {
    recursive: true,
  });
};

/**
 * One letter of another alphabet, and V8 holds the whole text at two bytes a letter: 6 MB of an idle service. esbuild
 * escapes them in strings, not in regular expressions.
 */
const requireOneByte = async (file) => {
  const text = await readFile(join(root, file), "utf8");
  const found = /[\u0100-\uffff]/.exec(text);
  if (found === null) return;
  const place = text.slice(Math.max(0, found.index - 60), found.index + 20);
  throw new Error(`${file} has a letter beyond Latin-1: write it as \\uXXXX. It stands here: ${place}`);
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildPrograms();
