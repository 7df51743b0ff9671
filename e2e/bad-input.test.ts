import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";
import { mergeUntil, runsOf } from "./support/outcome.ts";
import { failureComments, parked, unpark } from "./support/parked.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { keepTickets, writeTicket } from "./support/tickets.ts";

interface Problem {
  readonly source: string;
  readonly problem: string;
  readonly fix: string;
}

const broken = [
  ["tally/broken.md", /not valid YAML \(line \d+\)/, /Mend that line/],
  ["tally/huge.md", /larger than 256 KiB/, /Shorten it/],
  ["tally/twin-a.md", /id is also claimed by tally\/twin-b\.md/, /an id of its own/],
  ["tally/twin-b.md", /id is also claimed by tally\/twin-a\.md/, /an id of its own/],
] as const;

describe("ticket files that cannot be relied on", () => {
  let sandbox: Sandbox;
  let service: Service;

  beforeAll(async () => {
    sandbox = await makeSandbox();
    await keepTickets(sandbox, "TALLY-1");
    const front = (id: string) => `---\nid: ${id}\ntitle: Never\nstatus: Ready\npriority: 1\n---\n`;
    const files = {
      "broken.md": "---\nid: TALLY-7\ntitle: [unclosed\nstatus: Ready\n---\nText\n",
      "huge.md": `${front("TALLY-8")}${"x".repeat(5 * 1024 * 1024)}`,
      "twin-a.md": front("TALLY-9"),
      "twin-b.md": front("TALLY-9"),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(sandbox.tickets, name), text);
    service = await startService(sandbox);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
  });

  const expectNamed = (problems: readonly Problem[]) => {
    expect(problems.map(({ source }) => source)).toEqual(broken.map(([source]) => source));
    for (const [source, problem, fix] of broken) {
      const found = problems.find((candidate) => candidate.source === source);
      expect(found?.problem, source).toMatch(problem);
      expect(found?.fix, source).toMatch(fix);
    }
  };

  it("are never dispatched, and the good one beside them goes all the way", async () => {
    await mergeUntil(service, 1);
    const { items } = await service.get<{ items: readonly { ticket: { identifier: string } }[] }>("/api/log");
    expect(new Set(items.map(({ ticket }) => ticket.identifier))).toEqual(new Set(["TALLY-1"]));
  });

  it("are named by /api/issues, each with its fix", async () => {
    const { problems } = await service.get<{ problems: readonly Problem[] }>("/api/issues");
    expectNamed(problems);
  });

  it("are named by `ai-implement plan`, beside the running service", async () => {
    const { exitCode, stdout } = await aiImplement(["plan", "--json"], { directory: sandbox.path });
    expect(exitCode).toBe(0);
    expectNamed((JSON.parse(stdout) as { problems: readonly Problem[] }).problems);
    const printed = await aiImplement(["plan"], { directory: sandbox.path });
    for (const [source] of broken) expect(printed.stdout).toContain(source);
  });

  it("are dispatched once they are mended", async () => {
    await writeTicket(sandbox, "broken");
    await eventually("the mended ticket runs", async () => (await runsOf(service, "broken")).length > 0);
  });
});

describe("repositories that cannot be worked on", () => {
  let sandbox: Sandbox;
  let service: Service;

  beforeAll(async () => {
    sandbox = await makeSandbox();
    await keepTickets(sandbox);
    await mkdir(join(sandbox.path, "tickets", "other"));
    await execa("git", ["init", "--quiet", "--bare", join(sandbox.path, "forge", "acme", "empty.git")]);
    await mkdir(join(sandbox.path, "forge", "acme", "plain.git"));
    service = await startService(sandbox);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
  });

  const mapping = (changes: Readonly<Record<string, string>>) => ({
    teamKey: "OTHER",
    forge: "local",
    owner: "acme",
    repo: "tally",
    defaultBranch: "main",
    ticketingProvider: "folder",
    ticketingConfig: { kind: "folder", path: "other" },
    executionMode: "process",
    ...changes,
  });

  it.each([
    ["has no commits", { repo: "empty" }, "repo", /acme\/empty has no commits\. Push a first commit to main/],
    [
      "is missing",
      { repo: "nowhere" },
      "repo",
      /acme\/nowhere is not in LOCAL_FORGE_DIR\. Make it: `git init/,
    ],
    [
      "is no repository",
      { repo: "plain" },
      "repo",
      /acme\/plain\.git is not a bare git repository\. Replace it/,
    ],
    [
      "lacks the branch",
      { defaultBranch: "trunk" },
      "defaultBranch",
      /acme\/tally has no branch "trunk", but has main/,
    ],
    ["leads out of the forge", { repo: ".." }, "repo", /./],
  ] as const)("§5.1 one that %s is refused when the project is saved", async (_, changes, field, problem) => {
    const { status, body } = await service.send("POST", "/api/mappings", mapping(changes));
    expect(status).toBe(400);
    const { problems } = body as { problems: readonly { field: string; problem: string }[] };
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.problem).toMatch(problem);
    expect((await service.send("GET", "/api/mappings/OTHER")).status).toBe(404);
  });

  it("one that loses its branch later fails the run, and the ticket says what to do", async () => {
    const head = (await execa("git", ["rev-parse", "main"], { cwd: sandbox.repository })).stdout;
    await execa("git", ["update-ref", "-d", "refs/heads/main"], { cwd: sandbox.repository });
    await writeTicket(sandbox, "TALLY-20");

    const { decision } = await parked(service, "TALLY-20");
    expect(decision.explanation).toContain("acme/tally");
    const [run, ...others] = await runsOf(service, "TALLY-20");
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      phase: "plan",
      attempt: 1,
      status: "failed",
      failure: { reason: "clone-failed" },
    });
    const comments = await failureComments(sandbox, "TALLY-20");
    expect(comments).toHaveLength(1);
    expect(comments[0]).toMatch(/acme\/tally .*has no commits: push a first commit to "main"/);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);

    await execa("git", ["update-ref", "refs/heads/main", head], { cwd: sandbox.repository });
    await unpark(service, "TALLY-20");
    await eventually("it is tried again", async () => (await runsOf(service, "TALLY-20")).length > 1);
    await eventually("the clone succeeds", async () => {
      const [, second] = await runsOf(service, "TALLY-20");
      return second?.status === "failed"
        ? second.failure?.reason !== "clone-failed"
        : second?.status === "completed";
    });
  });
});
