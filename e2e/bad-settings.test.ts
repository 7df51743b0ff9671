import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";
import { makeSandbox, startService } from "./support/service.ts";

/** A folder with just enough for `start`; each test spoils one thing. */
describe("settings that the service cannot work with", () => {
  let directory: string;
  let taken: Server;
  let port: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ai-implement-settings-"));
    await mkdir(join(directory, "tickets"));
    await mkdir(join(directory, "forge"));
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "0.0.0.0", resolve));
    port = String((taken.address() as AddressInfo).port);
  });
  afterAll(async () => {
    await new Promise((resolve) => taken.close(resolve));
    await rm(directory, { recursive: true });
  });

  const start = (environment: Readonly<Record<string, string>>) =>
    aiImplement(["start"], {
      directory,
      environment: { TICKETS_DIR: "tickets", LOCAL_FORGE_DIR: "forge", PORT: port, ...environment },
    });

  it("§4 are all named in one message, each with its fix, before anything listens", async () => {
    const secrets = {
      ADMIN_ACCES_CODE: "open-sesame-now",
      DATABASE_URL: "mysql://app:swordfish@db/app",
      GITHUB_APP_PRIVATE_KEY: "certainly-no-key",
      RUNNER_TOKEN_SECRET: "far-too-short",
    };
    const { exitCode, stdout, stderr } = await start({
      ...secrets,
      POLL_INTERVAL_MS: "often",
      RUNNER_MODE: "moon",
      JIRA_SITE_URL: "http://jira.example",
      LOG_LEVEL: "loud",
    });
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    // Had it tried to listen, it would speak of the port, which is taken.
    expect(stderr).not.toMatch(/in use/);
    const problems = stderr.split("\n").filter((line) => line.startsWith("  - "));
    const named = problems.map((line) => /^ {2}- ([A-Z_]+): /.exec(line)?.[1]);
    expect(named.sort()).toEqual([
      "DATABASE_URL",
      "GITHUB_APP_ID",
      "GITHUB_APP_PRIVATE_KEY",
      "JIRA_CLOUD_ID",
      "JIRA_SITE_URL",
      "JIRA_TOKEN",
      "LOG_LEVEL",
      "POLL_INTERVAL_MS",
      "RUNNER_MODE",
      "RUNNER_TOKEN_SECRET",
    ]);
    for (const problem of problems) expect(problem).toMatch(/\. (?:Use|Set|Write|Paste) .+\.$/);
    expect(stderr.match(/^ai-implement: /gm)).toHaveLength(1);
    for (const secret of [...Object.values(secrets), "swordfish"]) expect(stderr).not.toContain(secret);
  });

  it("§4 names the setting that was probably meant, where a missing one was misspelt", async () => {
    const { exitCode, stderr } = await start({ TICKETS_DIR: "", TICKET_DIR: "tickets" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("no tracker is configured");
    expect(stderr).toContain(
      "TICKET_DIR: it is not a setting and has no effect. The nearest one is TICKETS_DIR.",
    );
  });

  it("a port that somebody else listens on is named with its setting", async () => {
    const { exitCode, stderr } = await start({});
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `ai-implement: Port ${port} is in use: end what listens there, or set PORT to another.`,
    );
  });

  // The tests may run as root, who may write anywhere but into /proc.
  it.skipIf(process.platform !== "linux")("§4.1 a database folder that nobody may write to", async () => {
    const { exitCode, stderr } = await start({ DEDUP_DB_PATH: "/proc/dedup.sqlite" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^ai-implement: The database \/proc\/dedup\.sqlite cannot be written: .*DEDUP_DB_PATH/,
    );
  });

  it.each([
    ["a folder that is a file", "plain.txt/dedup.sqlite", "is not a folder"],
    ["a folder that is not there", "nowhere/dedup.sqlite", "does not exist"],
    ["a folder instead of a file", "tickets", "is a folder"],
    ["a file that is no database", "plain.txt", "is not a SQLite database"],
  ])("§4.1 %s as database is refused with the setting's name", async (_, path, problem) => {
    await writeFile(join(directory, "plain.txt"), "just text\n");
    const { exitCode, stderr } = await start({ DEDUP_DB_PATH: path });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(problem);
    expect(stderr).toContain("DEDUP_DB_PATH");
    expect(stderr).toContain(join(directory, path));
    expect(await readFile(join(directory, "plain.txt"), "utf8")).toBe("just text\n");
  });

  it("a .env that cannot be read is named", async () => {
    const spoilt = join(directory, "spoilt");
    await mkdir(join(spoilt, ".env"), { recursive: true });
    const { exitCode, stderr } = await aiImplement(["start"], { directory: spoilt });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(join(spoilt, ".env"));
  });
});

describe("settings that the service can work with", () => {
  it("§4 warns about a misspelt one and about a hasty poll, and prints no secret anywhere", async () => {
    const sandbox = await makeSandbox();
    const misspelt = "a-code-in-the-wrong-place";
    const key = "key-of-no-known-format";
    const service = await startService(sandbox, { ADMIN_ACCES_CODE: misspelt, ANTHROPIC_API_KEY: key });
    try {
      expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    } finally {
      expect(await service.stop()).toBe(0);
    }
    const log = await readFile(join(sandbox.path, "service.log"), "utf8");
    const warnings = log
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level }) => level === 40)
      .map(({ msg }) => msg);
    expect(warnings).toContain(
      "ADMIN_ACCES_CODE: it is not a setting and has no effect. The nearest one is ADMIN_ACCESS_CODE.",
    );
    expect(warnings.some((warning) => warning.startsWith("POLL_INTERVAL_MS: 1000 ms"))).toBe(true);
    for (const secret of [misspelt, key, sandbox.settings["ADMIN_ACCESS_CODE"] ?? ""])
      expect(log).not.toContain(secret);
    await sandbox.remove();
  });
});
