import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  always,
  call,
  inOrder,
  run,
  type Scenario,
  say,
  write,
} from "@ai-implement/emulators/openai/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { openSandbox } from "../../sandbox/open-sandbox.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { createSharedSandbox } from "../../sandbox/shared-sandbox.ts";
import { codexCommand, type Stage, setTheStage, withRealCodex } from "./testing/session.ts";

const command = codexCommand(process.env["AI_IMPLEMENT_CODEX"]);

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
const stageFor = async (scenario: Scenario): Promise<Stage> => {
  const stage = await setTheStage(command ?? "codex", scenario);
  stages.push(stage);
  return stage;
};

const sentTo = ({ emulator }: Stage): string => JSON.stringify(emulator.requests().map(({ body }) => body));

/** Where no user namespaces are permitted, the CLI's own sandbox cannot work, and a session that may only read is refused. */
const namespaces = await promisify(execFile)("unshare", ["--user", "--map-root-user", "true"]).then(
  () => true,
  () => false,
);

/** Its user's namespace permits no further ones, as in many containers. */
const withoutNamespaces = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  enter: (program) =>
    sandbox.enter({
      command: "unshare",
      arguments: [
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
        "sh",
        program.command,
        ...program.arguments,
      ],
    }),
});

const anotherUsers = async ({ clone, home }: Stage): Promise<Sandbox> => {
  await chmod(dirname(clone), 0o755);
  await mkdir(home);
  const opening = await openSandbox({
    runId: randomUUID(),
    settings: { egress: "off", hosts: [] },
    agentUser: undefined,
    path: process.env["PATH"] ?? "",
    programs: [],
    closedUrls: [],
    openUrls: [],
    log: () => undefined,
  });
  if (opening.kind === "refused") throw new Error(opening.message);
  await opening.sandbox.give(home);
  return opening.sandbox;
};

const place = async (folder: string, path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

/** Everything by which a repository or a home could speak to Codex, or have it run something. */
const plant = async (folder: string, settings: string): Promise<void> => {
  const ran = join(folder, "RAN");
  const hook = { hooks: [{ type: "command", command: `touch ${ran}` }] };
  await place(folder, "AGENTS.md", "canary-heron");
  await place(folder, "AGENTS.override.md", "canary-heron");
  await place(
    folder,
    `${settings}/config.toml`,
    `model = "canary-heron"\ndeveloper_instructions = "canary-heron"\n[mcp_servers.heron]\ncommand = "/usr/bin/touch"\nargs = ["${ran}"]\n`,
  );
  await place(
    folder,
    `${settings}/hooks.json`,
    JSON.stringify({ hooks: { SessionStart: [hook], PreToolUse: [hook] } }),
  );
  for (const skills of [`${settings}/skills`, ".agents/skills"])
    await place(folder, `${skills}/heron/SKILL.md`, "---\nname: heron\ndescription: canary-heron\n---\n");
};

describe.skipIf(command === null)(withRealCodex("§11 what a session of the real Codex may", command), () => {
  it.skipIf(!namespaces)(
    "a read-only session writes nowhere and reaches nothing, by command or by patch (needs user namespaces)",
    async () => {
      const stage = await stageFor(({ call: index }) => {
        const { port } = new URL(stage.emulator.url);
        const replies = [
          call(run("touch here; touch $HOME/here; touch $CODEX_HOME/here; echo x > .git/config")),
          call(write("by-patch", "x\n")),
          call(run(`exec 3<>/dev/tcp/127.0.0.1/${port}; echo "connected: $?"`)),
        ];
        return replies[index] ?? say("I could not.");
      });
      const outcome = await stage.run({ access: "read-only", purpose: "explore" });
      expect(outcome).toMatchObject({ kind: "completed", text: "I could not." });
      expect(await readdir(stage.clone)).toEqual([".git"]);
      const left = await readdir(stage.home, { recursive: true });
      expect(left.filter((path) => path.endsWith("here"))).toEqual([]);
      const sent = sentTo(stage);
      expect(sent.includes("touch: cannot touch 'here': Read-only file system")).toBe(true);
      expect(sent.includes("blocked by read-only sandbox")).toBe(true);
      expect(sent.includes("connected: 1")).toBe(true);
    },
  );

  it("a session that may only read is refused where nothing would hold it to that", async () => {
    const stage = await stageFor(always(say("never asked")));
    const sandbox = withoutNamespaces(createSharedSandbox([]));
    const outcome = await stage.run({ access: "read-only", purpose: "review" }, { sandbox });
    expect(outcome).toMatchObject({ kind: "failed", reason: "sandbox" });
    if (outcome.kind === "failed") expect(outcome.message).toContain("user namespaces");
    expect(stage.emulator.requests()).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "where there are no user namespaces, another user's read-only session has the clone withheld from it (needs root)",
    async () => {
      const stage = await stageFor(
        inOrder(
          call(run("cat a; echo x > a; touch here; mkdir sub; chmod +w a; id -u")),
          say("I could not."),
        ),
      );
      const sandbox = await anotherUsers(stage);
      await writeFile(join(stage.clone, "a"), "as it was\n");
      await sandbox.give(stage.clone);
      const before = await stat(join(stage.clone, "a"));
      const options = { sandbox: withoutNamespaces(sandbox) };
      expect(await stage.run({ access: "read-only", purpose: "review" }, options)).toMatchObject({
        kind: "completed",
      });
      await sandbox.close();
      const sent = sentTo(stage);
      expect(sent.includes("as it was")).toBe(true);
      expect(sent.includes("a: Permission denied")).toBe(true);
      expect(await readFile(join(stage.clone, "a"), "utf8")).toBe("as it was\n");
      expect((await readdir(stage.clone)).sort()).toEqual([".git", "a"]);
      expect((await stat(join(stage.clone, "a"))).uid).toBe(before.uid);
    },
  );

  it("§11.5 honours nothing that the repository or an earlier session put there", async () => {
    const stage = await stageFor(always(say("Done.")));
    await plant(stage.clone, ".codex");
    await mkdir(stage.home);
    await plant(stage.home, ".codex");
    expect(await stage.run({ prompt: "Use $heron." })).toMatchObject({ kind: "completed" });
    expect(sentTo(stage).includes("canary-heron")).toBe(false);
    expect(existsSync(join(stage.clone, "RAN")) || existsSync(join(stage.home, "RAN"))).toBe(false);
  });

  it("§11.5 what a session writes into its own settings reaches no other session", async () => {
    const planting = call(run('echo canary-heron > "$CODEX_HOME/AGENTS.md" && echo planted: $?'));
    const stage = await stageFor(({ prompt, step }) =>
      prompt === "Review." || step > 0 ? say("Done.") : planting,
    );
    await stage.run();
    expect(sentTo(stage).includes("planted: 0")).toBe(true);
    const before = stage.emulator.requests().length;
    expect(await stage.run({ purpose: "review", prompt: "Review." })).toMatchObject({ kind: "completed" });
    const review = JSON.stringify(stage.emulator.requests().slice(before));
    expect(review.includes("canary-heron")).toBe(false);
  });

  it("§11.3 its commands see the allow-list, and not the credential", async () => {
    const stage = await stageFor(inOrder(call(run("env")), say("Done.")));
    await stage.run({ environment: { PATH: "/usr/local/bin:/usr/bin:/bin", ALLOWED: "yes" } });
    const sent = sentTo(stage);
    expect(sent.includes("ALLOWED=yes")).toBe(true);
    expect(sent.includes("sk-test-key")).toBe(false);
    expect(stage.emulator.requests().at(-1)?.headers["authorization"]).toBe("Bearer sk-test-key");
  });

  it("speaks to nobody but the provider: no plug-ins, updates, statistics or catalogues", async () => {
    const stage = await stageFor(always(say("Done.")));
    const elsewhere = stage.emulator.url.replace("/v1", "");
    const environment = {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HTTP_PROXY: elsewhere,
      HTTPS_PROXY: elsewhere,
      NO_PROXY: "127.0.0.1",
    };
    await stage.run({ environment });
    expect(stage.emulator.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v1/responses",
    ]);
  });

  it("leaves no process behind", async () => {
    const stage = await stageFor(inOrder(call(run("setsid sleep 987 > /dev/null 2>&1 &")), say("Done.")));
    await stage.run();
    const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
    expect(stdout).not.toContain("sleep 987");
  });
});
