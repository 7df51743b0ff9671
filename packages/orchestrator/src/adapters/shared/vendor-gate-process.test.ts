import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { hanging, startScriptedVendor } from "./testing/scripted-vendor.ts";

test("§9 a process waits for its last try, and then ends: no timer of the gate keeps it alive", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vendor-gate-"));
  const vendor = await startScriptedVendor(hanging);
  try {
    const program = join(folder, "gate-process.mjs");
    await build({
      entryPoints: [fileURLToPath(new URL("./testing/gate-process.ts", import.meta.url))],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "silent",
    });
    const ended = await new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [program, vendor.url],
        { env: {}, timeout: 15_000 },
        (_, out, err) => resolve({ code: child.exitCode, signal: child.signalCode, output: out + err }),
      );
    });
    // Two tries that meet nobody, one that hangs, and then the breaker, which stays open for an hour.
    expect(ended).toEqual({ code: 0, signal: null, output: '["unreachable","unavailable","unavailable"]\n' });
    expect(vendor.requests).toHaveLength(1);
  } finally {
    await vendor.close();
    await rm(folder, { recursive: true });
  }
});
