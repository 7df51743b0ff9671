import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runScript, type ScriptResult } from "./testing/run-script.ts";

/** As GitHub lays it out in a job's container. */
let machine: string;
const place = (path: string): string => join(machine, path);
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "later-steps-"));
  for (const folder of ["_temp", "_temp/files", "_actions", "home", "bin"])
    mkdirSync(place(folder), { mode: 0o755 });
  for (const file of ["env", "path", "output"])
    writeFileSync(place(`_temp/files/${file}`), "", { mode: 0o644 });
});
afterEach(() => rmSync(machine, { recursive: true, force: true }));

const look = (user: string): Promise<ScriptResult> =>
  runScript(
    "claude-implement.yml",
    "agent",
    {
      AI_IMPLEMENT_AGENT_USER: user,
      GITHUB_ENV: place("_temp/files/env"),
      GITHUB_PATH: place("_temp/files/path"),
      GITHUB_OUTPUT: place("_temp/files/output"),
      PATH: `${join(process.execPath, "..")}:/usr/bin:/bin:${place("bin")}`,
      HOME: place("home"),
      RUNNER_TEMP: place("_temp"),
    },
    "Look who could change the steps after the agent",
  );

describe.skipIf(process.getuid?.() !== 0)(
  "what later steps rely on, where the image starts as root (§11.3)",
  () => {
    it.each(["10001:10001", "nobody", ""])("is out of reach of the agent's user %j", async (user) => {
      expect(await look(user)).toMatchObject({ status: 0, output: "" });
    });

    it.each<[string, string, string, () => void]>([
      [
        "that owns what GitHub made",
        "1001:1001",
        "_temp/files/env",
        () => chownSync(place("_temp/files/env"), 1001, 0),
      ],
      [
        "whose group may write it",
        "10001:127",
        "_temp/files/env",
        () => {
          chownSync(place("_temp/files/env"), 0, 127);
          chmodSync(place("_temp/files/env"), 0o664);
        },
      ],
      [
        "that may write what everybody may",
        "",
        "_temp/files/path",
        () => chmodSync(place("_temp/files/path"), 0o666),
      ],
      ["that may replace it", "10001:10001", "_temp/files", () => chmodSync(place("_temp/files"), 0o777)],
      ["that may replace all of it", "10001:10001", "_temp", () => chmodSync(place("_temp"), 0o777)],
      ["that may change actions", "10001:10001", "_actions", () => chmodSync(place("_actions"), 0o777)],
      ["that may put programs on the path", "10001:10001", "bin", () => chmodSync(place("bin"), 0o777)],
      ["that owns the home", "10001:10001", "home", () => chownSync(place("home"), 10001, 10001)],
      [
        "that owns a folder like /tmp",
        "10001:10001",
        "home",
        () => {
          chownSync(place("home"), 10001, 0);
          chmodSync(place("home"), 0o1777);
        },
      ],
    ])("is refused with an agent's user %s", async (_, user, path, arrange) => {
      arrange();
      const { status, output } = await look(user);
      expect(status).toBe(1);
      expect(output).toContain(`The agent's user could change ${JSON.stringify(place(path))}`);
    });

    it("may lie in a folder where everybody may make files and nobody may replace another's", async () => {
      chmodSync(place("_temp"), 0o1777);
      expect((await look("10001:10001")).status).toBe(0);
    });

    it("is refused where the image has no such user", async () => {
      const { status, output } = await look("nobody-there");
      expect([status, output]).toEqual([1, expect.stringContaining("has no user AI_IMPLEMENT_AGENT_USER")]);
    });
  },
);
