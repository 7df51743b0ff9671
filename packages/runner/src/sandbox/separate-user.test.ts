import { execFile } from "node:child_process";
import { link, lstat, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { agentRooms, agentUserId } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attemptFolders, takeAttempt, writeReport } from "../attempt-folder.ts";
import { agentEnvironment } from "../guard/agent-environment.ts";
import { failedEnd } from "../run-attempt.ts";
import { path } from "../testing/sample-remote.ts";
import { openSandbox, type SandboxOptions } from "./open-sandbox.ts";
import { processesOf } from "./processes-of.ts";
import { runInside } from "./run-inside.ts";
import type { Sandbox } from "./sandbox.ts";
import { canChoose, canSeparate, sandboxFor, sandboxOptions, shellInside } from "./testing/inside.ts";

describe.skipIf(!canSeparate)(
  "§11.3 the agent's side runs as another user (needs root, setpriv, prlimit)",
  () => {
    let folder: string;
    let runId: string;
    let sandbox: Sandbox;
    const closing: (() => Promise<unknown>)[] = [];
    const open = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
      const opened = await sandboxFor({ runId, ...options });
      closing.push(() => opened.close());
      return opened;
    };
    beforeEach(async () => {
      runId = uuidv7();
      folder = await mkdtemp(join(tmpdir(), "sandbox-"));
      closing.push(() => rm(folder, { recursive: true, force: true }));
      sandbox = await open();
    });
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
    });
    const say = async (script: string, directory?: string) =>
      (await shellInside(sandbox, script, directory)).stdout;

    it("has a user and group of this attempt alone, no other group, no capability, and no way to gain one", async () => {
      const uid = agentUserId(runId);
      expect(sandbox.isolation).toMatchObject({ user: "separate" });
      const status = await say("cat /proc/self/status; ulimit -c");
      expect(status).toMatch(new RegExp(`^Uid:(\\s+${uid}){4}$`, "m"));
      expect(status).toMatch(new RegExp(`^Gid:(\\s+${uid}){4}$`, "m"));
      expect(status).toMatch(/^Groups:\s*$/m);
      for (const set of ["Inh", "Prm", "Eff", "Bnd", "Amb"])
        expect(status).toMatch(new RegExp(`^Cap${set}:\\s+0+$`, "m"));
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(status).toMatch(/^0$/m);
    });

    it.skipIf(!canChoose)(
      "goes first where memory runs out, and cannot change that (needs choom)",
      async () => {
        expect(await say("cat /proc/self/oom_score_adj")).toBe("1000\n");
        expect(
          await say("echo -1000 > /proc/self/oom_score_adj; cat /proc/self/oom_score_adj"),
        ).not.toContain("-");
      },
    );

    it("cannot read the runner's environment or memory, nor signal it", async () => {
      const seen = await shellInside(
        sandbox,
        `for pid in ${process.pid} ${process.ppid} 1; do cat /proc/$pid/environ /proc/$pid/maps && echo LEAK; kill -0 $pid && echo LEAK; kill -9 $pid && echo LEAK; done; true`,
      );
      expect(seen.stdout).toBe("");
      expect(seen.stderr).toMatch(/environ: Permission denied[\s\S]*Operation not permitted/);
    });

    it("cannot read the environment of the runner's git commands", async () => {
      const held = execFile("git", ["hash-object", "--stdin"], {
        cwd: folder,
        env: { PATH: path, TOKEN: "secret-token" },
      });
      closing.push(async () => held.kill());
      const seen = await shellInside(
        sandbox,
        `cat /proc/${held.pid}/environ; cat /proc/[0-9]*/environ 2>/dev/null`,
      );
      expect(seen.stderr).toContain("Permission denied");
      expect(seen.stdout).not.toContain("secret-token");
      expect(seen.stdout.split("\0").filter((entry) => entry.startsWith("PATH="))).not.toHaveLength(0);
    });

    it("cannot read what the runner keeps of the attempt, and has its own rooms", async () => {
      const own = join(folder, "attempt");
      await mkdir(own, { mode: 0o700 });
      await takeAttempt(own, { pid: 1, startedAt: "", instance: "secret-instance" });
      await writeReport(own, {
        instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
        ...failedEnd("unexpected", "secret"),
      });
      await writeFile(join(folder, "dedup.sqlite"), "secret", { mode: 0o600 });
      await promisify(execFile)("chmod", ["0755", folder]);
      const folders = await attemptFolders(own, runId, sandbox, path);
      await mkdir(folders.gitDirectory, { mode: 0o700 });
      await writeFile(join(folders.gitDirectory, "config"), "secret");
      const files = ["runner.json", "report.json", "repository.git/config"].map((name) => join(own, name));
      const seen = await shellInside(
        sandbox,
        `cat ${files.join(" ")} ${join(folder, "dedup.sqlite")}; ls ${own}; echo x > ${own}/report.json; echo mine > ${folders.home}/f; cat ${folders.home}/f`,
      );
      expect(seen.stdout).toBe("mine\n");
      expect(seen.stderr.match(/Permission denied/g)).toHaveLength(6);
      expect(folders.home).toBe(join(own, "home"));
    });

    it("has its rooms where it may go when it may not come through to the attempt's folder", async () => {
      const rooms = agentRooms(runId);
      closing.push(() => rm(rooms, { recursive: true, force: true }));
      const folders = await attemptFolders(folder, runId, sandbox, path);
      expect(folders.workspace).toBe(join(folder, "workspace"));
      await rm(folder, { recursive: true });
      await mkdir(join(folder, "private", "own"), { recursive: true, mode: 0o700 });
      const hidden = await attemptFolders(join(folder, "private", "own"), runId, sandbox, path);
      expect([hidden.home, hidden.workspace]).toEqual([join(rooms, "home"), join(rooms, "workspace")]);
      expect(await say(`stat -c '%a %u' ${rooms} ${hidden.home}`)).toBe(`711 0\n700 ${agentUserId(runId)}\n`);
      // Else it could have us look for its work wherever it likes.
      await mkdir(hidden.workspace, { mode: 0o700 });
      await sandbox.give(hidden.workspace);
      expect(
        await say(`mv ${hidden.workspace} ${rooms}/away && ln -s /etc ${hidden.workspace} && echo swapped`),
      ).toBe("");
    });

    it("sees the allow-list and nothing else in its own environment", async () => {
      const environment = agentEnvironment({ path, home: folder, temporary: folder });
      const seen = await shellInside(
        sandbox,
        "cat /proc/self/environ | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' '",
        "/",
        environment,
      );
      // PWD, SHLVL and _ are bash's own.
      expect(
        seen.stdout
          .trim()
          .split(" ")
          .filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name)),
      ).toEqual(Object.keys(environment).sort());
    });

    it("leaves no process behind, not one that double-forks, leaves its session and clears its environment", async () => {
      const result = await runInside(sandbox, {
        command: "bash",
        arguments: [
          "-c",
          "(setsid env -i sleep 300 > /dev/null 2>&1 &) ; (trap '' TERM HUP INT; sleep 300 > /dev/null 2>&1 &); sleep 0.3; echo done",
        ],
        directory: "/",
        environment: { PATH: path },
        timeoutMs: 10_000,
        signal: new AbortController().signal,
        maxOutput: 1_000,
        keep: "tail",
      });
      expect(result.stdout).toBe("done\n");
      expect(await processesOf(agentUserId(runId))).toEqual([]);
    });

    it("ends those that endAll finds, which were really there", async () => {
      await shellInside(sandbox, "(setsid env -i sleep 300 > /dev/null 2>&1 &); sleep 0.3");
      await vi.waitFor(async () => expect(await processesOf(agentUserId(runId))).toHaveLength(1));
      await sandbox.endAll();
      expect(await processesOf(agentUserId(runId))).toEqual([]);
    });

    it("ends a fork bomb that has used up its processes", async () => {
      await shellInside(
        sandbox,
        "(setsid bash -c 'for i in $(seq 300); do sleep 300 & done; while :; do (sleep 300 &); done' > /dev/null 2>&1 &); sleep 0.5",
      );
      await vi.waitFor(
        async () => expect((await processesOf(agentUserId(runId))).length).toBeGreaterThan(100),
        { timeout: 10_000 },
      );
      await sandbox.endAll();
      expect(await processesOf(agentUserId(runId))).toEqual([]);
    });

    it("is handed a folder without any link in it being followed", async () => {
      const target = join(folder, "target");
      await writeFile(target, "mine");
      const given = join(folder, "given");
      await mkdir(join(given, "deep"), { recursive: true });
      await symlink(target, join(given, "deep", "link"));
      await symlink("/etc", join(given, "etc"));
      await sandbox.give(given);
      expect((await stat(target)).uid).toBe(0);
      expect((await stat("/etc")).uid).toBe(0);
      expect((await lstat(join(given, "deep", "link"))).uid).toBe(agentUserId(runId));
      expect((await stat(join(given, "deep"))).uid).toBe(agentUserId(runId));
    });

    it("is not handed a folder with a second name of somebody else's file in it", async () => {
      await writeFile(join(folder, "target"), "mine");
      await mkdir(join(folder, "given"));
      await link(join(folder, "target"), join(folder, "given", "name"));
      await expect(sandbox.give(join(folder, "given"))).rejects.toThrow("another name");
      expect((await stat(join(folder, "target"))).uid).toBe(0);
    });

    it("is told that a program is not there, rather than of an exit code", async () => {
      const result = await runInside(sandbox, {
        command: "no-such-program",
        arguments: [],
        directory: "/",
        environment: { PATH: path },
        timeoutMs: 10_000,
        signal: new AbortController().signal,
        maxOutput: 1_000,
        keep: "tail",
      });
      expect(result.end).toEqual({ kind: "not-started", message: "ENOENT" });
    });

    const refusal = async (options: Partial<SandboxOptions>): Promise<string> => {
      const opening = await openSandbox({ ...sandboxOptions(), ...options });
      if (opening.kind === "refused") return opening.message;
      await opening.sandbox.close();
      return "";
    };

    it("is not taken where it could not start what it has to, and says which program and why", async () => {
      const program = join(folder, "agent");
      await writeFile(program, "#!/bin/sh\n", { mode: 0o755 });
      const opening = await openSandbox({
        ...sandboxOptions(),
        programs: ["bash", "no-such-program", program],
      });
      if (opening.kind === "refused") throw new Error(opening.message);
      closing.push(() => opening.sandbox.close());
      expect(opening.sandbox.isolation.user).toBe("shared");
      expect(opening.sandbox.isolation.weakerBecause.join()).toContain(`${program} lies where user`);
      expect(await refusal({ agentUser: "61502", programs: [program] })).toContain("may not look");
    });

    it("takes the user that is named, as uid and gid", async () => {
      const named = await open({ agentUser: "61500:61501" });
      expect((await shellInside(named, "id -u; id -g")).stdout).toBe("61500\n61501\n");
    });

    it("takes the user that is named, by name", async () => {
      const named = await open({ agentUser: "nobody" });
      expect((await shellInside(named, "id -un")).stdout).toBe("nobody\n");
    });

    it.each([
      ["root", "neither root"],
      ["0:0", "neither root"],
      ["61500:0", "neither root"],
      ["no-such-user-here", 'no user "no-such-user-here"'],
      ["a;b", "neither a user's name"],
      ["99999999999", "neither a user's name"],
    ])("refuses AI_IMPLEMENT_AGENT_USER=%s", async (agentUser, why) => {
      const message = await refusal({ agentUser });
      expect(message).toContain("AI_IMPLEMENT_AGENT_USER");
      expect(message).toContain(why);
    });

    it("refuses a user that another attempt has", async () => {
      await open({ agentUser: "61502" });
      expect(await refusal({ agentUser: "61502" })).toContain("another attempt");
    });

    it("refuses a user that has processes already, and leaves them alone", async () => {
      const stranger = execFile("setpriv", ["--reuid=61503", "--clear-groups", "sleep", "300"]);
      closing.push(async () => stranger.kill("SIGKILL"));
      await vi.waitFor(async () => expect(await processesOf(61503)).toEqual([stranger.pid]));
      expect(await refusal({ agentUser: "61503" })).toContain("processes already");
      expect(await processesOf(61503)).toEqual([stranger.pid]);
    });

    it("says so where it cannot be another user, and refuses where one was named (§11.3: never silently weaker)", async () => {
      const bare = { path: "/nowhere" };
      expect(await refusal({ ...bare, agentUser: "61504" })).toContain("util-linux");
      const weaker = await open({ ...bare, runId: uuidv7() });
      expect(weaker.isolation).toMatchObject({ user: "shared" });
      expect(weaker.isolation.weakerBecause[0]).toContain("util-linux");
      expect(await refusal({ ...bare, settings: { egress: "enforced", hosts: [] } })).toContain(
        "AGENT_EGRESS",
      );
    });
  },
);
