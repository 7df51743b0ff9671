import { chmod, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What an attack has an agent do; `needs` keeps what harms from a machine that locks nobody in. */
export type Order =
  | { readonly shell: string; readonly needs: readonly "separate-user"[] }
  | { readonly say: "summary" | "findings" | "gap-analysis"; readonly text: string }
  | { readonly activity: string; readonly needs: readonly [] };

export interface ObeyingAgent {
  /** For AGENT_COMMAND. */
  readonly command: string;
  /** From the next session on. */
  obey(orders: readonly Order[]): Promise<void>;
  remove(): Promise<void>;
}

const source = fileURLToPath(
  new URL("../../../packages/runner/src/testing/hostile/obeying-agent.mjs", import.meta.url),
);

/** The hostile corpus's agent, where any user of this machine can start it. */
export const installObeyingAgent = async (): Promise<ObeyingAgent> => {
  const folder = await mkdtemp(join(tmpdir(), "ai-implement-hostile-"));
  const command = join(folder, "claude");
  await copyFile(source, join(folder, "agent.mjs"));
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${join(folder, "agent.mjs")}' "$@"\n`);
  for (const path of [folder, command]) await chmod(path, 0o755);
  return {
    command,
    obey: (orders) =>
      writeFile(
        join(folder, "orders.json"),
        JSON.stringify({
          acts: orders.map((order) => ({ ...order, attack: "e2e" })),
          evidence: join(folder, "nowhere"),
          firstPurpose: "implement",
          runnerUser: process.getuid?.() ?? -1,
        }),
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
