/**
 * A coding agent that obeys every attack of its orders: it speaks Claude Code's `stream-json`, runs their shell lines as
 * its own tool would, and says what they want said. Started under another name, from a folder that holds `orders.json`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const orders = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "orders.json"), "utf8"));
const args = process.argv.slice(2);
const say = (event) => console.log(JSON.stringify({ session_id: "obeying", ...event }));

const actTimeoutMs = 5_000;
const maxKept = 200_000;
const side = 6;

const schema = args.find((argument) => argument.startsWith("--json-schema=")) ?? "";
const purpose = schema.includes('"approved"')
  ? "review"
  : schema.includes('"gaps"')
    ? "gap-analysis"
    : schema.includes('"sections"')
      ? "plan"
      : args.includes("--permission-mode=acceptEdits")
        ? "implement"
        : "explore";

/** Where an act does not say when, it comes with the first session of its phase. */
const isNow = ({ during = orders.firstPurpose }) => during === purpose;

/** A process group of its own, so that one that hangs ends with all it started. */
const shell = (line) =>
  new Promise((resolve) => {
    const child = spawn("bash", ["-c", line], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = Buffer.alloc(0);
    const keep = (chunk) => {
      if (output.length < maxKept) output = Buffer.concat([output, chunk]);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const end = (how) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ how, output: output.toString("base64") });
    };
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended just now.
      }
      end("timed out");
    }, actTimeoutMs);
    child.on("error", (error) => end(error.message));
    child.on("exit", (code, signal) => setTimeout(() => end(code ?? signal), 20));
  });

const write = ({ write: path, text }) => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return { how: "written", output: "" };
  } catch (error) {
    return { how: error.message, output: "" };
  }
};

/** Whoever shares the runner's user would do to the machine what is meant to be refused. */
const isTooMuch = ({ needs = [] }) =>
  needs.length > 0 && !orders.isWeakened && process.getuid() === orders.runnerUser;

const perform = async (act) => {
  if (isTooMuch(act)) return { how: "not done: this is the runner's own user", output: "" };
  if ("shell" in act) return shell(act.shell);
  if ("write" in act) return write(act);
  if ("activity" in act) {
    say({
      type: "assistant",
      message: { content: [{ type: "tool_use", name: "Bash", input: { command: act.activity } }] },
    });
    say({ type: "user", message: { content: [{ type: "tool_result" }] } });
  }
  if ("print" in act) process.stdout.write(`${act.print}\n`);
  return { how: "done", output: "" };
};

const performAll = async (acts) => {
  const results = [];
  const queue = [...acts];
  const work = async () => {
    for (let act = queue.shift(); act !== undefined; act = queue.shift())
      results.push({ attack: act.attack, ...(await perform(act)) });
  };
  await Promise.all(Array.from({ length: side }, work));
  return results;
};

const words = (place) => orders.acts.filter((act) => act.say === place).map(({ text }) => text);

const answers = {
  review: () => ({ approved: words("findings").length === 0, findings: words("findings") }),
  "gap-analysis": () => ({
    implemented: words("gap-analysis").map((claim) => ({ claim, ticketWords: claim, file: "work.txt" })),
    gaps: words("gap-analysis").map((claim) => ({ claim })),
    manualSteps: [],
  }),
  plan: () => ({
    sections: [{ kind: "architecture", body: ["One module.", ...words("plan")].join("\n\n") }],
  }),
};

const witness = (prompt, results) => {
  const seen = { purpose, uid: process.getuid(), arguments: args, environment: process.env, prompt, results };
  try {
    writeFileSync(
      join(orders.evidence, `${Date.now()}-${purpose}-${process.pid}.json`),
      JSON.stringify(seen),
    );
  } catch (error) {
    console.error(`no evidence: ${error.message}`);
  }
};

if (args.includes("--version")) console.log("9.9.9 (Claude Code)");
else {
  const prompt = readFileSync(0, "utf8");
  say({ type: "system", subtype: "init" });
  if (purpose === "implement") writeFileSync("work.txt", `the work that was asked for ${process.pid}\n`);
  const now = orders.acts.filter((act) => !("say" in act) && isNow(act));
  const results = await performAll(now);
  witness(prompt, results);
  if (now.some(({ hang }) => hang)) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  const text = purpose === "explore" ? words("exploration") : words("summary");
  const answer = answers[purpose]?.();
  say({
    type: "result",
    subtype: "success",
    is_error: false,
    num_turns: 1,
    result: ["Did what was asked.", ...text].join("\n\n"),
    total_cost_usd: 0.01,
    modelUsage: {},
    permission_denials: [],
    ...(answer === undefined ? {} : { structured_output: answer }),
  });
  process.exit(0);
}
