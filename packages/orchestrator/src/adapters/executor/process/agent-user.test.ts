import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentRooms, agentUserId } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anAttempt } from "../testing/attempts.ts";
import { attemptFolder } from "./attempt-folder.ts";
import { membersOf } from "./attempt-processes.ts";
import { createProcessExecutor } from "./process-executor.ts";
import { processTable } from "./process-table.ts";

const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const logger = { ...quiet, child: () => logger };

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
  "§8.6 an attempt whose agent had a user of its own (needs root)",
  () => {
    let directory: string;
    let runId: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), "ai-implement-attempts-"));
      runId = uuidv7();
      await mkdir(join(directory, runId));
    });
    afterEach(async () => {
      await rm(agentRooms(runId), { recursive: true, force: true });
      await rm(directory, { recursive: true, force: true });
    });
    const executor = () =>
      createProcessExecutor({
        directory,
        runnerEntry: "/nowhere/runner.js",
        nodePath: process.execPath,
        path: "/usr/bin:/bin",
        logger,
      });

    it("is rid of that user's processes, though they kept no trace of the attempt", async () => {
      const user = agentUserId(runId);
      const child = spawn("/bin/sleep", ["300"], {
        uid: user,
        gid: user,
        env: {},
        detached: true,
        stdio: "ignore",
      });
      const members = () => membersOf(attemptFolder(directory, runId), processTable());
      await vi.waitFor(async () => expect(await members()).toEqual([child.pid]));
      await executor().destroy(anAttempt({ runId }));
      expect(await members()).toEqual([]);
    });

    it("is rid of the rooms that it had elsewhere, and no link in them is followed", async () => {
      const kept = join(directory, "kept");
      await mkdir(kept);
      await writeFile(join(kept, "file"), "mine");
      await mkdir(agentRooms(runId));
      await symlink(kept, join(agentRooms(runId), "home"));
      await executor().destroy(anAttempt({ runId }));
      await expect(readdir(agentRooms(runId))).rejects.toThrow("ENOENT");
      expect(await readdir(kept)).toEqual(["file"]);
    });
  },
);
