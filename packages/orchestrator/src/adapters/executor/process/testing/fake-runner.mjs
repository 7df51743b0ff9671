// Stands in for the built runner: what it does is said by the path of the orchestrator's URL.
import { spawn } from "node:child_process";
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["AI_IMPLEMENT_ATTEMPT_DIR"];
const behaviour = new URL(process.env["AI_IMPLEMENT_ORCHESTRATOR_URL"]).pathname.slice(1);

const write = (name, text) => {
  writeFileSync(join(folder, `${name}.tmp`), text);
  renameSync(join(folder, `${name}.tmp`), join(folder, name));
};
const waitForEver = () => setInterval(() => undefined, 1_000);

try {
  const self = { pid: process.pid, startedAt: new Date().toISOString(), instance: crypto.randomUUID() };
  writeFileSync(join(folder, "runner.json"), JSON.stringify(self), { flag: "wx" });
} catch {
  process.exit(0);
}
appendFileSync(join(folder, "starts"), "x");

switch (behaviour) {
  case "waits":
    waitForEver();
    break;
  case "leaves-a-report":
    write("report.json", process.env["FAKE_RESULT"]);
    break;
  case "fails":
    console.error("the kettle broke, token ghp_0123456789abcdef");
    process.exitCode = 3;
    break;
  case "tells-its-environment":
    write("environment.json", JSON.stringify(process.env));
    break;
  case "ignores-sigterm":
    process.on("SIGTERM", () => undefined);
    appendFileSync(join(folder, "ready"), "x");
    waitForEver();
    break;
  case "has-children": {
    const sleep = ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"];
    const sameGroup = spawn(process.execPath, sleep, { stdio: "ignore", env: {} });
    const ownSession = spawn(process.execPath, sleep, {
      stdio: "ignore",
      detached: true,
      env: { HOME: process.env["HOME"] },
    });
    write("children.json", JSON.stringify([sameGroup.pid, ownSession.pid]));
    waitForEver();
    break;
  }
}
