import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface FakeClaude {
  /** Path of the program. */
  readonly command: string;
  /** The environment of every session, in order, with the arguments of every process at that moment. */
  sessions(): Promise<readonly FakeClaudeSession[]>;
}

export interface FakeClaudeSession {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly processes: readonly string[];
  readonly prompt: string;
}

/**
 * A program that speaks Claude Code's `stream-json` and writes down what it gets to see. It edits where it may, approves
 * and finds no gaps.
 * @param folder outside of the workspace
 */
export const createFakeClaude = async (folder: string): Promise<FakeClaude> => {
  const evidence = join(folder, "evidence");
  await mkdir(evidence, { recursive: true });
  // It may run as another user.
  await chmod(evidence, 0o777);
  const command = join(folder, "claude");
  await writeFile(command, program(process.execPath, evidence));
  await chmod(command, 0o755);
  return {
    command,
    sessions: async () => {
      const names = (await readdir(evidence)).sort();
      return Promise.all(
        names.map(
          async (name) => JSON.parse(await readFile(join(evidence, name), "utf8")) as FakeClaudeSession,
        ),
      );
    },
  };
};

const program = (node: string, evidence: string): string => `#!${node}
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
if (process.argv.includes("--version")) { console.log("9.9.9 (Claude Code)"); process.exit(0); }
const prompt = readFileSync(0, "utf8");
const args = process.argv.slice(2);
const processes = readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).map((pid) => {
  try { return readFileSync("/proc/" + pid + "/cmdline", "utf8").replaceAll("\\0", " ").trim(); } catch { return ""; }
}).filter(Boolean);
const number = String(readdirSync(${JSON.stringify(evidence)}).length).padStart(3, "0");
writeFileSync(${JSON.stringify(evidence)} + "/" + number + ".json",
  JSON.stringify({ arguments: args, environment: process.env, processes, prompt }));
const schema = args.find((arg) => arg.startsWith("--json-schema=")) ?? "";
const say = (event) => console.log(JSON.stringify(event));
say({ type: "system", subtype: "init", session_id: "s-" + number });
if (args.includes("--permission-mode=acceptEdits")) {
  writeFileSync("greeting.txt", "hello\\n");
  say({ type: "assistant", message: { content: [{ type: "tool_use", name: "Write", input: { file_path: "greeting.txt" } }] } });
  say({ type: "user", message: { content: [{ type: "tool_result" }] } });
}
const structured = schema.includes('"approved"') ? { approved: true, findings: [] }
  : schema.includes('"gaps"') ? { implemented: [], gaps: [], manualSteps: [] }
  : schema.includes('"sections"') ? { sections: [{ kind: "architecture", body: "one module" }] } : undefined;
say({ type: "result", subtype: "success", is_error: false, session_id: "s-" + number, num_turns: 1,
  result: "Wrote a greeting.", total_cost_usd: 0.1, modelUsage: {}, permission_denials: [], structured_output: structured });
`;
