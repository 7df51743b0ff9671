import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";
import { git } from "./support/outcome.ts";
import { baseEnvironment, eventually, makeSandbox, program, type Sandbox } from "./support/service.ts";
import { installStandInAgent } from "./support/stand-in-agent.ts";

const apiKey = "sk-ant-the-key-of-this-test";

describe("ai-implement run", () => {
  let sandbox: Sandbox;
  let folder: string;
  let workspace: string;
  let artifacts: string;
  let task: string;

  beforeAll(async () => {
    sandbox = await makeSandbox();
  });
  afterAll(() => sandbox.remove());

  beforeEach(async () => {
    folder = await mkdtemp(join(sandbox.path, "task-"));
    workspace = join(folder, "checkout");
    artifacts = join(folder, "artifacts");
    task = join(sandbox.tickets, "TALLY-1.md");
    await execa("git", ["clone", "--quiet", sandbox.repository, workspace]);
  });

  const flags = () => ["run", "--task", task, "--workspace", workspace, "--artifacts", artifacts];
  const run = (environment: Readonly<Record<string, string>>) =>
    aiImplement(flags(), { directory: folder, environment: { TMPDIR: folder, ...environment } });
  const rehearse = () => run({ AGENT_SCRIPT: sandbox.settings["AGENT_SCRIPT"] ?? "" });
  const inWorkspace = (...args: readonly string[]) => git({ ...sandbox, repository: workspace }, ...args);
  /** Every file below the folder of this test, where the temporary ones of the runner are as well. */
  const files = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const filesWith = async (text: string): Promise<readonly string[]> => {
    const all = await files();
    const contents = await Promise.all(all.map((file) => readFile(file, "utf8").catch(() => "")));
    return all.filter((_, index) => contents[index]?.includes(text));
  };

  it("leaves the change uncommitted in the checkout, and the account of it in the artifacts folder", async () => {
    const before = await inWorkspace("rev-parse", "HEAD");
    const { exitCode, stdout } = await rehearse();
    expect(exitCode).toBe(0);
    expect(stdout).toBe(join(artifacts, "report.json"));

    expect(await inWorkspace("rev-parse", "HEAD")).toBe(before);
    expect(await inWorkspace("status", "--porcelain")).toBe("?? src/median.js\n?? test/median.test.js");
    expect((await readdir(artifacts)).sort()).toEqual([
      "activity.log",
      "diff.patch",
      "report.json",
      "steps.json",
      "summary.md",
    ]);
    const report = JSON.parse(await readFile(join(artifacts, "report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      outcome: "implemented",
      review: { approved: true, iterations: 2 },
      verification: { command: "node --test", exitCode: 0 },
      agent: expect.stringContaining("rehearsal") as unknown,
    });
    await execa("git", ["clean", "--quiet", "-d", "--force"], { cwd: workspace });
    await execa("git", ["apply", "--check", join(artifacts, "diff.patch")], { cwd: workspace });
  });

  it("§11 leaves the model's credential in no file, in its folders or in the temporary one", async () => {
    const command = join(folder, "agent");
    await installStandInAgent(command, "edits a file");
    const { exitCode, stdout, stderr } = await run({ AGENT_COMMAND: command, ANTHROPIC_API_KEY: apiKey });
    expect(exitCode, stderr).toBe(0);
    expect(await inWorkspace("status", "--porcelain")).toBe("?? stand-in.txt");
    expect(await filesWith(apiKey)).toEqual([]);
    expect(stdout + stderr).not.toContain(apiKey);
    expect((await readdir(folder)).filter((name) => name.startsWith("ai-implement-"))).toEqual([]);
  });

  it("finds an agent that is named by a relative path where it was started, not in the checkout", async () => {
    await installStandInAgent(join(folder, "agent"), "edits a file");
    await installStandInAgent(join(workspace, "agent"), "exits with 1");
    const { exitCode, stderr } = await run({ AGENT_COMMAND: "./agent", ANTHROPIC_API_KEY: apiKey });
    expect(exitCode, stderr).toBe(0);
  });

  it.each([
    ["changes nothing", "no-changes", "I see nothing to do here."],
    ["exits with 1", "agent-failed", "the stand-in is broken on purpose"],
  ] as const)("an agent that %s fails the run with its own words", async (behaviour, reason, words) => {
    const command = join(folder, "agent");
    await installStandInAgent(command, behaviour);
    const { exitCode } = await run({ AGENT_COMMAND: command, ANTHROPIC_API_KEY: apiKey });
    expect(exitCode).toBe(1);
    const report = JSON.parse(await readFile(join(artifacts, "report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      outcome: "failed",
      reason,
      message: expect.stringContaining(words) as unknown,
    });
    expect(await inWorkspace("status", "--porcelain")).toBe("");
  });

  it("ends when it is told to, its runner too, and still leaves its account", async () => {
    const script = JSON.parse(await readFile(sandbox.settings["AGENT_SCRIPT"] ?? "", "utf8")) as {
      tickets: { "TALLY-1": { secondsPerStep: number } };
    };
    script.tickets["TALLY-1"].secondsPerStep = 60;
    await writeFile(join(folder, "slow.json"), JSON.stringify(script));
    const running = execa(process.execPath, [program, ...flags()], {
      cwd: folder,
      env: { ...baseEnvironment(), TMPDIR: folder, AGENT_SCRIPT: join(folder, "slow.json") },
      extendEnv: false,
      reject: false,
    });
    let said = "";
    running.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    await eventually("the agent works", () => Promise.resolve(said.includes("implement 1 …")));
    running.kill("SIGTERM");
    expect((await running).exitCode).toBe(1);
    const report = JSON.parse(await readFile(join(artifacts, "report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      outcome: "failed",
      message: expect.stringContaining("was ended from outside") as unknown,
    });
    expect((await readdir(folder)).filter((name) => name.startsWith("ai-implement-"))).toEqual([]);
  });

  describe("refuses, with the name of the thing, before any agent starts:", () => {
    const refused = async (message: string | RegExp) => {
      const { exitCode, stdout, stderr } = await rehearse();
      expect(exitCode).toBe(1);
      expect(stdout).toBe("");
      expect(stderr.trim()).toMatch(message);
      expect(await readdir(folder)).not.toContain("artifacts");
    };

    it("a task file that is not there", async () => {
      task = join(folder, "nowhere.md");
      await refused(/^ai-implement: The task file .*nowhere\.md cannot be read: ENOENT/);
    });

    it("a folder as task file", async () => {
      task = sandbox.tickets;
      await refused(
        /^ai-implement: The task file .*tally is not a file: name a Markdown file with --task\.$/,
      );
    });

    it("a task file of 5 MB", async () => {
      task = join(folder, "huge.md");
      await writeFile(task, `# Huge\n${"x".repeat(5 * 1024 * 1024)}`);
      await refused(/^ai-implement: The task file .*huge\.md is larger than 256 KiB: shorten it\.$/);
    });

    it("a task file whose front matter is broken", async () => {
      task = join(folder, "broken.md");
      await writeFile(task, "---\nid: [unclosed\n---\nText\n");
      await refused(/^ai-implement: The front matter of .*broken\.md cannot be read: /);
    });

    it("a workspace that is no git checkout", async () => {
      workspace = await mkdtemp(join(tmpdir(), "ai-implement-plain-"));
      await refused(/^ai-implement: .* is not a git checkout: name one with --workspace\.$/);
      await rm(workspace, { recursive: true });
    });
  });

  it("a file where the artifacts should go is named", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(artifacts, "in the way\n");
    const { exitCode, stderr } = await rehearse();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/The folder .*artifacts cannot be made .*name another with --artifacts\./);
  });

  it("a checkout without a commit is named, with the fix", async () => {
    await rm(workspace, { recursive: true });
    await execa("git", ["init", "--quiet", workspace]);
    const { exitCode, stderr } = await rehearse();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${workspace} is not a git checkout with a commit`);
  });

  it("cuts a first line that is too long for a title", async () => {
    task = join(folder, "long.md");
    await writeFile(task, `${"word ".repeat(1_000)}\n`);
    await installStandInAgent(join(folder, "agent"), "edits a file");
    const { exitCode, stderr } = await run({
      AGENT_COMMAND: join(folder, "agent"),
      ANTHROPIC_API_KEY: apiKey,
    });
    expect(exitCode, stderr).toBe(0);
  });
});
