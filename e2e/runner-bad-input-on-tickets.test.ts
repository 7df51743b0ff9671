import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git as gitIn, writeFiles } from "@ai-implement/runner/testing/sample-remote.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";
import { pulls, runsOf, sidecar } from "./support/outcome.ts";
import { failureComments, parked } from "./support/parked.ts";
import { badPipelines } from "./support/runner-bad-input/pipelines.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { installStandInAgent } from "./support/stand-in-agent.ts";
import { keepTickets, writeTicket } from "./support/tickets.ts";

const environment = { ANTHROPIC_API_KEY: "sk-ant-the-key-of-this-test" };

interface Case {
  readonly name: string;
  readonly ticket: string;
  readonly files: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly says: RegExp;
}

const bomb = `a: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nc: [${"*b, ".repeat(60)}]\n`;
const cases: readonly Case[] = [
  {
    name: "front matter with an alias bomb",
    ticket: "TALLY-41",
    files: { "WORKFLOW.md": `---\n${bomb}---\n` },
    reason: "setup-failed",
    says: /WORKFLOW\.md, line \d+: .*alias/i,
  },
  {
    name: "a setup script that fails",
    ticket: "TALLY-42",
    files: { "WORKFLOW.md": "---\nsetup: echo no database >&2; exit 7\n---\n" },
    reason: "setup-failed",
    says: /The setup script of WORKFLOW\.md failed.*exit code 7[\s\S]*no database/,
  },
  {
    name: "an install that the sandbox keeps from its registry",
    ticket: "TALLY-43",
    files: {
      "WORKFLOW.md": "Be kind.\n",
      "package.json": '{"dependencies":{"left":"1.0.0"}}',
      ".npmrc": "registry=https://registry.acme.example/\nfetch-retries=0\n",
    },
    reason: "install-failed",
    says: /refused connections to registry\.acme\.example:443[\s\S]*AGENT_EGRESS_HOSTS/,
  },
];

/** The repository goes wrong under a run, and its ticket says how (§7.1, §15). */
describe("a run that fails for what it works on", () => {
  let sandbox: Sandbox;
  let service: Service;
  let clone: string;

  const commit = async (files: Readonly<Record<string, string>>): Promise<void> => {
    await writeFiles(clone, files);
    await gitIn(clone, "add", "--all");
    await gitIn(clone, "commit", "--quiet", "--message", "a change by a person");
    await gitIn(clone, "push", "--quiet", "origin", "main");
  };

  const expectToldOnce = async (ticket: string, reason: string, says: RegExp): Promise<void> => {
    const { decision } = await parked(service, ticket);
    expect(decision.explanation).toMatch(says);
    expect(await runsOf(service, ticket)).toMatchObject([{ status: "failed", failure: { reason } }]);
    const comments = await failureComments(sandbox, ticket);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toMatch(says);
    await eventually(
      "the ticket shows the stage",
      async () => (await sidecar(sandbox, ticket)).status === "Implementation Failed",
    );
  };

  beforeAll(async () => {
    sandbox = await makeSandbox({ environment });
    await keepTickets(sandbox);
    clone = join(sandbox.path, "person");
    await gitIn(sandbox.path, "clone", "--quiet", sandbox.repository, clone);
    const command = join(sandbox.path, "agent");
    await installStandInAgent(command, "edits a file");
    service = await startService(sandbox, { ...environment, AGENT_COMMAND: command });
    // What a plan does with such a repository is the same; one phase is enough.
    const { status } = await service.send("PATCH", "/api/mappings/TALLY", { planningEnabled: false });
    expect(status).toBe(200);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
  });

  it.each(cases)("$name: the ticket says so, once", async ({ ticket, files, reason, says }) => {
    await commit(files);
    await writeTicket(sandbox, ticket);
    await expectToldOnce(ticket, reason, says);
  });

  it("a push that the repository refuses: the ticket says so, once", async () => {
    await commit({ "package.json": "{}" });
    const hook = join(sandbox.repository, "hooks", "pre-receive");
    await mkdir(join(sandbox.repository, "hooks"), { recursive: true });
    await writeFile(hook, '#!/bin/sh\necho "commits have to be signed" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    await writeTicket(sandbox, "TALLY-44");
    await expectToldOnce(
      "TALLY-44",
      "push-rejected",
      /did not take the branch[\s\S]*commits have to be signed/,
    );
    await rm(hook);
  });

  it("that ends while the service is down is told as soon as it is back (§10, §15)", async () => {
    await commit({ "WORKFLOW.md": "---\nsetup: sleep 3; echo too late >&2; exit 9\n---\n" });
    await writeTicket(sandbox, "TALLY-45");
    await eventually("the run works", async () =>
      (await runsOf(service, "TALLY-45")).some(({ status }) => status === "running"),
    );
    const [run] = await runsOf(service, "TALLY-45");
    await service.kill();
    await runnerHasReported(sandbox, run?.id ?? "");
    service = await startService(sandbox, { ...environment, AGENT_COMMAND: join(sandbox.path, "agent") });
    await expectToldOnce("TALLY-45", "setup-failed", /exit code 9[\s\S]*too late/);
    expect(await pulls(service)).toEqual([]);
  });
});

/** Nobody takes the report: it lies in the attempt's folder, and the runner goes on asking. */
const runnerHasReported = (sandbox: Sandbox, runId: string): Promise<void> =>
  eventually("the runner has written its report", async () => {
    const file = join(sandbox.settings["ATTEMPTS_DIR"] ?? "", runId, "report.json");
    return (await readFile(file, "utf8")).includes("too late");
  });

describe("pipelines of an operator's own that cannot be used (§10.1)", () => {
  it("keep the service from starting, which names every file and its fix", async () => {
    const directory = await mkdtemp(join(tmpdir(), "ai-implement-custom-"));
    await writeFiles(directory, {
      "tickets/.keep": "",
      "own/pipelines/plan.yml": badPipelines["an alias bomb"],
      "own/pipelines/implement.yml": badPipelines["no guard"],
      "own/pipelines/revise.yml": badPipelines["the wrong order"],
      "own/steps/Bad Name.ts": "",
    });
    const { exitCode, stderr, stdout } = await aiImplement(["start"], {
      directory,
      environment: {
        TICKETS_DIR: "tickets",
        LOCAL_FORGE_DIR: "forge",
        DEDUP_DB_PATH: "state.sqlite",
        CUSTOM_DIR: "own",
        PORT: "0",
      },
    });
    await rm(directory, { recursive: true });
    expect(exitCode).toBe(1);
    const said = stdout + stderr;
    expect(said).toMatch(/custom\/pipelines\/plan\.yml: .*alias/i);
    expect(said).toMatch(/custom\/pipelines\/implement\.yml: .*"guard" is missing/);
    expect(said).toMatch(/custom\/pipelines\/revise\.yml: .*"guard"/);
    expect(said).toMatch(/Bad Name\.ts/);
  });
});
