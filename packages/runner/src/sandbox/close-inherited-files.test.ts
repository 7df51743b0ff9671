import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { transform } from "sucrase";
import { describe, expect, it } from "vitest";

/** Far from the others: Node.js itself sees to those that come in a row. */
const place = 40;

describe.skipIf(process.platform !== "linux")("§11.3 what the runner was started with (needs /proc)", () => {
  it.each([
    ["is handed on to its programs as it comes", "", true],
    ["is closed before the first of them is started", "await closeInheritedFiles();", false],
  ])("%s", async (_what, first, isThere) => {
    const source = await readFile(join(import.meta.dirname, "close-inherited-files.ts"), "utf8");
    const { code } = transform(source, { transforms: ["typescript"] });
    const script = `${code}
      import { execFileSync } from "node:child_process";
      ${first}
      process.stdout.write(execFileSync("ls", ["/proc/self/fd"]));`;
    const file = openSync("/dev/null", "w");
    const stdio = Array.from({ length: place + 1 }, (_, index) => (index === place ? file : "ignore"));
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit", ...stdio.slice(3)],
    });
    const files = (child.stdout === null ? "" : await text(child.stdout)).trim().split("\n");
    expect(files).toContain("1");
    expect(files.includes(String(place))).toBe(isThere);
  });
});
