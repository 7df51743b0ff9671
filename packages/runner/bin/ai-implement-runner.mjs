#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = new URL("../dist/runner.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error(
    `ai-implement-runner is not built: ${fileURLToPath(program)} does not exist. Run: npm run build`,
  );
  process.exitCode = 1;
}
