import {
  type AnthropicEmulator,
  startAnthropicEmulator,
} from "@ai-implement/emulators/anthropic/emulator.ts";
import { ticketScenario } from "@ai-implement/emulators/anthropic/ticket-scenario.ts";
import Database from "better-sqlite3";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git, mergeUntil, pulls, runsOf, sidecar } from "./support/outcome.ts";
import {
  baseEnvironment,
  eventually,
  makeSandbox,
  program,
  type Sandbox,
  type Service,
  startService,
} from "./support/service.ts";

const median = `/** The middle value; null for no numbers. */
export const median = (numbers) => {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
};
`;

/** The whole way with the real CLI: only the model behind it is scripted (§10.4). */
describe("the real Claude Code CLI through plan → implement → review → pull request → merge", () => {
  let emulator: AnthropicEmulator;
  let sandbox: Sandbox;
  let service: Service;

  beforeAll(async () => {
    emulator = await startAnthropicEmulator({
      scenario: ticketScenario({
        plan: [{ kind: "architecture", body: "One function in src/median.js." }],
        files: [{ path: "src/median.js", content: "export const median = () => 0;\n" }],
        fixes: [[{ path: "src/median.js", content: median }]],
        verdicts: [
          { approved: false, findings: ["median always answers 0"] },
          { approved: true, findings: [] },
        ],
        gaps: {
          implemented: [{ claim: "A median function", ticketWords: "Add a function", file: "src/median.js" }],
          gaps: [],
          manualSteps: [],
        },
      }),
    });
    const command = process.env["AI_IMPLEMENT_CLAUDE"] ?? "";
    expect(command, "AI_IMPLEMENT_CLAUDE names the CLI; `npm test` installs it and sets this").not.toBe("");
    sandbox = await makeSandbox({
      environment: { ANTHROPIC_API_KEY: "sk-ant-test-key-of-the-emulator" },
    });
    service = await startService(sandbox, {
      ANTHROPIC_API_KEY: "sk-ant-test-key-of-the-emulator",
      ANTHROPIC_BASE_URL: emulator.url,
      AGENT_COMMAND: command,
    });
  });
  afterAll(async () => {
    await service.stop();
    await emulator.close();
    await sandbox.remove();
  });

  it("merges the change, with everything that should stand on ticket and pull request", async () => {
    await mergeUntil(service, 1);

    const runs = await runsOf(service, "TALLY-1");
    expect(runs.map(({ phase, attempt, status }) => [phase, attempt, status])).toEqual([
      ["plan", 1, "completed"],
      ["implement", 1, "completed"],
    ]);
    expect(await git(sandbox, "show", "main:src/median.js")).toBe(median.trimEnd());

    const first = (await pulls(service)).find(({ number }) => number === 1);
    expect(first).toMatchObject({ state: "merged", draft: false });

    const bodiesOf = async () => (await sidecar(sandbox, "TALLY-1")).comments.map(({ body }) => body);
    await eventually("the ticket has every comment", async () =>
      (await bodiesOf()).some((body) => body.includes("opened a pull request")),
    );
    const bodies = await bodiesOf();
    expect(bodies.filter((body) => body.startsWith("## 🏗️ AI Planning: Architecture Analysis"))).toHaveLength(
      1,
    );
    expect(bodies.filter((body) => body.includes("opened a pull request"))).toHaveLength(1);
  });

  it("asked the model for each session that the pipeline names, with the second round in the first one's session", () => {
    const requests = emulator.requests();
    expect(requests.length).toBeGreaterThan(5);
    const everything = JSON.stringify(requests.map(({ body }) => body));
    expect(everything).toContain("median always answers 0");
    expect(everything).toContain("Compute the median of the numbers");
  });

  it("reports what it cost", async () => {
    const { items } = await service.get<{
      items: { phase: string; usage: { inputTokens: number } | null; agent: string | null }[];
    }>("/api/log?limit=50");
    const implement = items.find(({ phase }) => phase === "implement");
    expect(implement?.usage?.inputTokens).toBeGreaterThan(0);
    expect(implement?.agent).toMatch(/^Claude Code \d+\./);
  });

  it("vouches for it with a receipt on the pull request, which verifies until one character of it is another (§11.3)", async () => {
    const body = descriptionOf(sandbox, 1);
    expect(body).toContain("<summary>Receipt: how this came about</summary>");
    const untouched = await verified(sandbox, body);
    expect(untouched).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("valid") as unknown });
    expect(untouched.stdout).toContain("held by the runner, never by the agent");

    const altered = body.replace('"costUsd":0.', '"costUsd":9.');
    expect(altered).not.toBe(body);
    expect(await verified(sandbox, altered)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("not valid: The signature is not that of this receipt") as unknown,
    });
    expect(await verified(sandbox, `A person's own words.\n\n${body}\n\nAnd more.`)).toMatchObject({
      exitCode: 0,
    });
  });
});

/** What the local forge keeps; the API tells only that there is a pull request. */
const descriptionOf = ({ settings }: Sandbox, number: number): string => {
  const database = new Database(settings["DEDUP_DB_PATH"] ?? "", { readonly: true });
  try {
    const row = database.prepare("select body from local_pull_requests where number = ?").get(number);
    return (row as { readonly body: string }).body;
  } finally {
    database.close();
  }
};

const verified = ({ path }: Sandbox, description: string) =>
  execa(process.execPath, [program, "receipt", "verify", "-"], {
    cwd: path,
    env: baseEnvironment(),
    extendEnv: false,
    input: description,
    reject: false,
  });
