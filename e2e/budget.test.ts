import {
  type AnthropicEmulator,
  startAnthropicEmulator,
} from "@ai-implement/emulators/anthropic/emulator.ts";
import { call, say, write } from "@ai-implement/emulators/anthropic/scenario.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git, pulls, runsOf, sidecar } from "./support/outcome.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { keepTickets, writeTicket } from "./support/tickets.ts";

const key = "sk-ant-test-key-of-the-emulator";

/** An agent that would go on for ever: only the budget ends it. */
describe("a run's budget of $0.05, with the real Claude Code CLI (§5.1, §11.3)", () => {
  let emulator: AnthropicEmulator;
  let sandbox: Sandbox;
  let service: Service;

  beforeAll(async () => {
    emulator = await startAnthropicEmulator({
      scenario: ({ tools, step }) =>
        tools.has("Write") ? call(write(`part-${step}.txt`, `part ${step}\n`)) : say("Noted."),
    });
    sandbox = await makeSandbox({ environment: { ANTHROPIC_API_KEY: key } });
    await keepTickets(sandbox);
    service = await startService(sandbox, {
      ANTHROPIC_API_KEY: key,
      ANTHROPIC_BASE_URL: emulator.url,
      AGENT_COMMAND: process.env["AI_IMPLEMENT_CLAUDE"] ?? "",
    });
  });
  afterAll(async () => {
    await service.stop();
    await emulator.close();
    await sandbox.remove();
  });

  it("stops it at the next call: its outcome is `budget`, what was done is a draft, and the ticket says so", async () => {
    const changes = { planningEnabled: false, budget: { perRunUsd: 0.05 } };
    expect((await service.send("PATCH", "/api/mappings/TALLY", changes)).status).toBe(200);
    await writeTicket(sandbox, "TALLY-9");
    await eventually("the run has ended", async () => {
      const [run] = await runsOf(service, "TALLY-9");
      return run?.status === "failed";
    });
    const [run] = await runsOf(service, "TALLY-9");
    expect(run).toMatchObject({
      phase: "implement",
      failure: { reason: "budget", message: expect.stringContaining("$0.05") as unknown },
    });

    const calls = emulator.requests().filter(({ path }) => path.startsWith("/v1/messages"));
    const implementing = calls.filter(({ body }) => JSON.stringify(body).includes('"Write"'));
    expect(implementing.length).toBeGreaterThan(1);

    expect(await pulls(service)).toMatchObject([{ number: 1, state: "open", draft: true }]);
    const [pull] = await pulls(service);
    expect(await git(sandbox, "show", `${pull?.branch}:part-0.txt`)).toBe("part 0");

    await eventually("the ticket says so", async () => {
      const { comments } = await sidecar(sandbox, "TALLY-9");
      return comments.some(({ body }) => /stopped before it was done[\s\S]*draft[\s\S]*\$0\.05/.test(body));
    });
    const { items } = await service.get<{ items: { usage: { costUsd: number | null } | null }[] }>(
      "/api/log",
    );
    expect(items[0]?.usage?.costUsd).toBeGreaterThan(0.05);
    expect(items[0]?.usage?.costUsd).toBeLessThan(0.2);
  });
});
