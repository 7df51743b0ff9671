import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pulls, runsOf, sidecar } from "./support/outcome.ts";
import { failureComments, parked, unpark } from "./support/parked.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { installStandInAgent, type StandInBehaviour } from "./support/stand-in-agent.ts";
import { keepTickets, writeTicket } from "./support/tickets.ts";

interface Case {
  readonly name: string;
  readonly ticket: string;
  /** Null: nothing is at AGENT_COMMAND. */
  readonly agent: StandInBehaviour | null;
  readonly reason: string;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    name: "is not installed",
    ticket: "TALLY-31",
    agent: null,
    reason: "agent-not-installed",
    says: /could not be started as .*agent.* Install it with `npm install -g @anthropic-ai\/claude-code/s,
  },
  {
    name: "changes nothing",
    ticket: "TALLY-32",
    agent: "changes nothing",
    reason: "no-changes",
    says: /changed nothing\. Its last words: .*I see nothing to do here\./,
  },
  {
    name: "exits with 1",
    ticket: "TALLY-33",
    agent: "exits with 1",
    reason: "agent-failed",
    says: /exited with code 1.*the stand-in is broken on purpose/s,
  },
];

/** The agent goes wrong, the ticket says how, a person mends it and un-parks, and the work is done (§15). */
describe("an agent that", () => {
  let sandbox: Sandbox;
  let service: Service;
  let command: string;

  beforeAll(async () => {
    const environment = { ANTHROPIC_API_KEY: "sk-ant-the-key-of-this-test" };
    sandbox = await makeSandbox({ environment });
    await keepTickets(sandbox);
    command = join(sandbox.path, "agent");
    service = await startService(sandbox, { ...environment, AGENT_COMMAND: command });
    // What a plan does with such an agent is the same; one phase is enough.
    const { status } = await service.send("PATCH", "/api/mappings/TALLY", { planningEnabled: false });
    expect(status).toBe(200);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await sandbox.remove();
  });

  it.each(cases)(
    "$name: it parks its ticket once, with the reason and the fix; un-parked, it is tried again",
    async ({ ticket, agent, reason, says }) => {
      if (agent !== null) await installStandInAgent(command, agent);
      await writeTicket(sandbox, ticket);

      const { decision } = await parked(service, ticket);
      expect(decision.explanation).toMatch(says);
      const first = await runsOf(service, ticket);
      expect(first).toHaveLength(1);
      expect(first[0]).toMatchObject({
        phase: "implement",
        attempt: 1,
        status: "failed",
        failure: { reason },
      });
      const comments = await failureComments(sandbox, ticket);
      expect(comments).toHaveLength(1);
      expect(comments[0]).toMatch(says);
      await eventually(
        "the ticket shows the stage",
        async () => (await sidecar(sandbox, ticket)).status === "Implementation Failed",
      );

      await installStandInAgent(command, "edits a file");
      await unpark(service, ticket);
      await eventually("the second attempt succeeds", async () =>
        (await pulls(service)).some(({ branch }) =>
          branch.startsWith(`ai-implement/${ticket.toLowerCase()}-`),
        ),
      );
      expect((await runsOf(service, ticket)).map(({ attempt, status }) => [attempt, status])).toEqual([
        [1, "failed"],
        [2, "completed"],
      ]);
      expect(await failureComments(sandbox, ticket)).toEqual(comments);
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    },
  );
});
