import { chmod, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { agentUserId } from "@ai-implement/contracts";
import { bash, call, inOrder, say } from "@ai-implement/emulators/anthropic/scenario.ts";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, it } from "vitest";
import { processesOf } from "../../sandbox/processes-of.ts";
import { canSeparate, isOpenToAll, sandboxFor } from "../../sandbox/testing/inside.ts";
import { path } from "../../testing/sample-remote.ts";
import { claudeCommand, setTheStage } from "./testing/session.ts";

const command = claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.skipIf(!canSeparate || !isOpenToAll(command))(
  "§11.3 the real CLI as another user, with its network closed (needs root, and the CLI where everybody may look)",
  () => {
    it("works, and nothing that its commands start outlives the session", async () => {
      const runId = uuidv7();
      const script = "id -u > who; (setsid env -i sleep 300 > /dev/null 2>&1 &)";
      const stage = await setTheStage(command, inOrder(call(bash(script)), say("Done.")));
      closing.push(stage.close);
      const sandbox = await sandboxFor({ runId, settings: { egress: "allow-list", hosts: [] } });
      closing.push(sandbox.close);
      const folder = dirname(stage.clone);
      await chmod(folder, 0o711);
      await sandbox.give(folder);
      const environment = { PATH: path, LANG: "C.UTF-8", ...sandbox.variables };
      const outcome = await stage.run({ environment }, { sandbox });
      expect(outcome).toMatchObject({ kind: "completed", text: "Done." });
      expect(await readFile(join(stage.clone, "who"), "utf8")).toBe(`${agentUserId(runId)}\n`);
      expect(await processesOf(agentUserId(runId))).toEqual([]);
    });
  },
);
