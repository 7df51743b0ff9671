import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "@ai-implement/contracts";
import type { StageOptions } from "./stage.ts";

/** What a program does that stands where the agent's CLI should be. */
const behaviours = {
  "says nothing and never ends": "setInterval(() => undefined, 1_000);",
  "is killed": 'process.kill(process.pid, "SIGKILL");',
  "changes nothing": `console.log(JSON.stringify({ type: "system", subtype: "init", session_id: "s" }));
console.log(JSON.stringify({ type: "result", subtype: "success", is_error: false, session_id: "s", num_turns: 1,
  total_cost_usd: 0, result: "Nothing to do here.", modelUsage: {}, permission_denials: [] }));`,
  "prints garbage": 'process.stdout.write("\\u0000\\uffff{]\\n".repeat(50_000));',
} as const;

type AgentBehaviour = keyof typeof behaviours;

/** A stage whose agent is such a program. */
export const withAgent = (behaviour: AgentBehaviour, limits: Partial<Job["limits"]> = {}): StageOptions => ({
  arrange: async ({ root }) => {
    const command = join(root, "agent");
    await writeFile(command, source(behaviour));
    await chmod(command, 0o755);
  },
  job: (job, { root }) => ({
    agent: { kind: "claude-code", apiKey: "key-of-nobody", command: join(root, "agent") },
    limits: { ...job.limits, ...limits },
  }),
});

const source = (behaviour: AgentBehaviour): string => `#!${process.execPath}
if (process.argv.includes("--version")) {
  console.log("9.9.9 (a stand-in)");
  process.exit(0);
}
${behaviours[behaviour]}
`;
