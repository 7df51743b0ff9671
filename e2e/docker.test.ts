import { readFile } from "node:fs/promises";
import {
  type AnthropicEmulator,
  startAnthropicEmulator,
} from "@ai-implement/emulators/anthropic/emulator.ts";
import { ticketScenario } from "@ai-implement/emulators/anthropic/ticket-scenario.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addMarkedTicket,
  type ContainerOfRun,
  type DockerScene,
  modelKey,
  openDockerScene,
} from "./support/docker.ts";
import { tally } from "./support/github.ts";
import { runsOf } from "./support/outcome.ts";
import { eventually, Stop } from "./support/service.ts";

const image = process.env["AI_IMPLEMENT_TEST_RUNNER_IMAGE"];
const [openApi, linearSchema, jiraSchema] = [
  vendorSchema("github.openapi.json"),
  vendorSchema("linear.schema.graphql"),
  vendorSchema("jira.openapi.json"),
];
const schemas =
  openApi === null || linearSchema === null || jiraSchema === null
    ? null
    : { openApi, linearSchema, jiraSchema };

const dumpFile = "what-the-agent-sees.txt";

/**
 * Runs where the agent runs, as the agent's user, before the agent: what is there for it to find? The canary is meant to be
 * found, and may not be published (§11.4).
 */
const dump = (servicePort: number) => `#!/bin/bash
set +e
service=${servicePort}
{
  echo "user: $(id -un) $(id -u)"
  echo "capabilities: $(grep ^CapEff /proc/self/status) $(grep ^CapBnd /proc/self/status) $(grep ^NoNewPrivs /proc/self/status)"
  echo "sockets: $(ls -d /var/run/docker.sock /run/docker.sock /run/podman 2>/dev/null)"
  env | sed 's/^/own: /'
  cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | sed 's/^/other: /'
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | sed 's/^/commands: /'; echo
  cat /attempt/*.json /attempt/*.log /attempt/result/* 2>/dev/null | cut -c 1-300 | sed 's/^/files: /'
  grep -rlsE 'gh[s]_|sk-an[t]-|clai[m][.]|ru[n][.][0-9a-f]{8}-|PRIVATE KE[Y]' /attempt /tmp /run /root /home /var/tmp /dev/shm 2>/dev/null | sed 's/^/hit: /'
  git config --list | sed 's/^/git: /'
  touch /attempt/here /usr/here /opt/ai-implement/here 2>&1 | sed 's/^/write: /'
  curl --noproxy '*' --silent --show-error --max-time 5 http://host.docker.internal:$service/livez 2>&1 | sed 's/^/service: /'
  curl --silent --show-error --max-time 5 http://host.docker.internal:$service/livez 2>&1 | sed 's/^/service by proxy: /'
} 2>&1 | sed "s/$RELEASE_SERVICE_TOKEN/the canary/g" > ${dumpFile}
sleep 4
`;

const greeting = `export const greet = (name) => "Hello, " + name;\n`;

const politely = `export const greet = (name) => "Good day, " + name;\n`;
const inTheMorning = `export const greet = (name) => "Good morning, " + name;\n`;

describe.skipIf(image === undefined || schemas === null)(
  "attempts in containers, with the real Claude Code CLI (§8.6; `npm run test:containers` builds their image)",
  () => {
    let model: AnthropicEmulator;
    let scene: DockerScene;
    let seen: string;
    let before: readonly ContainerOfRun[];
    let after: readonly ContainerOfRun[];
    let description: string;
    const seconds: Record<string, number> = {};

    const step = async (what: string, identifier: string, check: () => Promise<boolean>): Promise<void> => {
      const begin = performance.now();
      await eventually(
        what,
        async () => {
          const failed = (await runsOf(scene.service, identifier)).find(({ failure }) => failure !== null);
          if (failed !== undefined) throw new Stop(`a run failed: ${JSON.stringify(failed)}`);
          return check();
        },
        { timeoutMs: 120_000, everyMs: 200 },
      );
      seconds[what] = Math.round((performance.now() - begin) / 100) / 10;
    };

    beforeAll(async () => {
      if (image === undefined || schemas === null) return;
      model = await startAnthropicEmulator({
        scenario: ticketScenario({
          plan: [{ kind: "architecture", body: "One function in src/greet.js." }],
          files: [{ path: "src/greet.js", content: greeting }],
          // The second ticket's, and then what is said about its pull request.
          fixes: [
            [{ path: "src/greet.js", content: politely }],
            [{ path: "src/greet.js", content: inTheMorning }],
          ],
          verdicts: [{ approved: true, findings: [] }],
          gaps: {
            implemented: [{ claim: "A greeting", ticketWords: "Greet people", file: "src/greet.js" }],
            gaps: [],
            manualSteps: [],
          },
        }),
      });
      scene = await openDockerScene({
        image,
        schemas,
        model,
        files: (servicePort) => ({
          "WORKFLOW.md": "---\nsetup: scripts/look-around.sh\n---\nWork carefully.\n",
          "scripts/look-around.sh": dump(servicePort),
        }),
      });
      const { identifier, isDone } = await addMarkedTicket(scene, "LIN", "Greet people");
      const { site } = scene.github.emulator;
      const runOf = async (phase: string) =>
        (await runsOf(scene.service, identifier)).find((run) => run.phase === phase);
      await step("planned", identifier, async () => (await runOf("plan"))?.status === "completed");
      await step("implementing", identifier, async () => (await runOf("implement"))?.status === "running");
      const implementing = (await runOf("implement"))?.id ?? "";
      const working = async () =>
        (await scene.containers()).filter(({ name }) => name.endsWith(implementing));
      before = await working();
      await scene.crash();
      after = await working();
      const ours = () => site.pullRequests(tally).find(({ head }) => !head.includes("sync"));
      await step("proposed", identifier, async () => ours() !== undefined);
      await step("implemented", identifier, async () => (await runOf("implement"))?.status === "completed");
      const { number = 0, head = "" } = ours() ?? {};
      description = JSON.stringify(ours());
      seen = (await site.file(tally, head, dumpFile)) ?? "";
      await site.merge(tally, number, "ada");
      await step("done", identifier, async () => isDone());
      await step("containers gone", identifier, async () => (await scene.containers()).length === 0);
      process.stdout.write(`Seconds in containers: ${JSON.stringify(seconds)}\n`);
    }, 300_000);
    afterAll(async () => {
      await scene.close();
      await model.close();
    });

    it("goes from the ticket to the merged pull request in one attempt per phase", async () => {
      const runs = await runsOf(scene.service, "LIN-1");
      expect(runs.map(({ phase, attempt, status }) => [phase, attempt, status])).toEqual([
        ["plan", 1, "completed"],
        ["implement", 1, "completed"],
      ]);
      expect(await scene.github.emulator.site.file(tally, "main", "src/greet.js")).toBe(greeting);
    });

    it("adopts the container that worked when the service was killed (§8.3)", () => {
      expect(before).toHaveLength(1);
      expect(after).toEqual(before);
    });

    it("revises a pull request in a container, with what was said on it (§12)", async () => {
      const { site } = scene.github.emulator;
      const { identifier, isDone } = await addMarkedTicket(scene, "REV", "Greet politely");
      const finished = async (phase: string) =>
        (await runsOf(scene.service, identifier)).some(
          (run) => run.phase === phase && run.status === "completed",
        );
      await step("implemented again", identifier, () => finished("implement"));
      const pull = site.pullRequests(tally).find(({ head }) => head.includes("rev-1"));
      const number = pull?.number ?? 0;
      site.setPermission(tally, "ada", "write");
      site.comment(tally, number, "ada", "/ai-implement greet in the morning");
      await step("revised", identifier, () => finished("revise"));
      await site.merge(tally, number, "ada");
      await step("done again", identifier, async () => isDone());
      expect(await site.file(tally, "main", "src/greet.js")).toBe(inTheMorning);
    }, 240_000);

    it("gives a container the memory of its project (§5.1)", () => {
      expect(before.map(({ memory }) => memory)).toEqual([3072 * 1024 * 1024]);
    });

    it("keeps the log of every attempt, and no secret in it (§8.6, §11.10)", async () => {
      for (const { id } of await runsOf(scene.service, "LIN-1")) {
        const log = await readFile(scene.logOf(id), "utf8");
        expect(log).toContain("clone succeeded");
        for (const secret of [...scene.secrets, "ghs_", "PRIVATE KEY"]) expect(log).not.toContain(secret);
      }
    });

    it("runs the agent as a user without rights, and nothing of the machine in reach (§11.3)", () => {
      expect(seen).toMatch(/^user: agent 10001$/m);
      expect(seen).toMatch(/CapEff:\s*0{16} CapBnd:\s*0{16} NoNewPrivs:\s*1/);
      expect(seen).toMatch(/^sockets: $/m);
      expect(seen.match(/^write: .*(?:Permission denied|Read-only file system)/gm)).toHaveLength(3);
    });

    it("shows the agent no credential, neither in an environment nor in a file (§11.3)", () => {
      expect(seen).toMatch(/^own: PATH=/m);
      expect(scene.secrets).toContain(modelKey);
      for (const secret of scene.secrets) expect(seen).not.toContain(secret);
      for (const form of [/ghs_/, /sk-ant-/, /\b(?:run|claim)\.[0-9a-f]{8}-/, /PRIVATE KEY/])
        expect(seen).not.toMatch(form);
      expect(seen).not.toMatch(/^hit: /m);
      expect(seen).not.toMatch(/^other: AI_IMPLEMENT_/m);
    });

    it("lets the agent reach the model and not the service (§11.3)", () => {
      expect(seen).toMatch(/^service: curl: \(\d+\) (?:Failed to connect|Connection timed out)/m);
      expect(seen).toContain("service by proxy: The sandbox does not let this through");
      expect(seen).not.toMatch(/"?status"?\s*:\s*"?ok/);
    });

    it("says on the receipt that the user was another and that the network was closed (§11.3)", () => {
      expect(description).toMatch(/separate/);
      expect(description).toMatch(/enforced/);
    });
  },
);
