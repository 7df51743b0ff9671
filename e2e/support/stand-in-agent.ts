import { chmod, rename, writeFile } from "node:fs/promises";

export type StandInBehaviour = "edits a file" | "changes nothing" | "exits with 1";

/**
 * Puts a program at `path` that speaks as the agent's command-line interface does and has no model behind it. An
 * earlier one there is replaced as a whole.
 */
export const installStandInAgent = async (path: string, behaviour: StandInBehaviour): Promise<void> => {
  const fresh = `${path}.new`;
  await writeFile(fresh, source(behaviour));
  await chmod(fresh, 0o755);
  await rename(fresh, path);
};

const source = (behaviour: StandInBehaviour): string => `#!${process.execPath}
const { writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const schema = args.find((arg) => arg.startsWith("--json-schema="))?.slice("--json-schema=".length);
const tell = (event) => process.stdout.write(JSON.stringify({ session_id: "stand-in", ...event }) + "\\n");
const answers = {
  sections: { sections: [{ kind: "architecture", body: "One new file." }] },
  approved: { approved: true, findings: [] },
  implemented: { implemented: [], gaps: [], manualSteps: [] },
};
const answer = () => answers[Object.keys(answers).find((field) => field in JSON.parse(schema).properties)];

if (args.includes("--version")) {
  console.log("1.0.0 (a stand-in)");
} else if (${behaviour === "exits with 1"}) {
  console.error("the stand-in is broken on purpose");
  process.exitCode = 1;
} else {
  if (${behaviour === "edits a file"} && schema === undefined) writeFileSync("stand-in.txt", "edited\\n");
  tell({ type: "system", subtype: "init" });
  tell({
    type: "result",
    subtype: "success",
    is_error: false,
    num_turns: 1,
    total_cost_usd: 0.01,
    result: ${JSON.stringify(behaviour === "edits a file" ? "I edited a file." : "I see nothing to do here.")},
    ...(schema === undefined ? {} : { structured_output: answer() }),
  });
}
`;
