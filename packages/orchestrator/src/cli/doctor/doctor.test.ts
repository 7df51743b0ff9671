import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aProject } from "../../core/testing/builders.ts";
import { type DoctorScene, openDoctorScene, wrongIn } from "./testing/doctor-scene.ts";

let scene: DoctorScene;
beforeEach(async () => {
  scene = await openDoctorScene();
});
afterEach(() => scene.close());

const shop = aProject({ key: "SHOP", ticketing: { kind: "folder", path: "" } });

describe("§4 `ai-implement doctor` looks at the settings first", () => {
  it("and names every one that is wrong, with its fix, and no value of a secret", async () => {
    const secret = "far-too-short";
    const environment = { PORT: "http", RUNNER_TOKEN_SECRET: secret, TICKETS_DIR: "" };
    const { code, document } = await scene.examine({ environment });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      'Settings | PORT: "http" is not a whole number. → Use a whole number, 0 to 65535, in digits only.',
      expect.stringMatching(/^Settings \| RUNNER_TOKEN_SECRET: its value \(not shown\) .* → Use at least 32/),
      expect.stringMatching(
        /^Settings \| LINEAR_API_KEY: no tracker is configured\. → Set LINEAR_API_KEY, or/,
      ),
    ]);
    expect(document.sections.map(({ title }) => title)).toEqual(["Settings"]);
    expect(JSON.stringify(document)).not.toContain(secret);
  });

  it("and at a `.env` that cannot be read", async () => {
    await mkdir(join(scene.directory, ".env"));
    const { code, document } = await scene.examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Settings \| \.env: .*cannot be read/)]);
  });

  it("tells what start would refuse from what it would only warn of", async () => {
    const environment = {
      RUNNER_MODE: "gha",
      NOTIFY_WEBHOOK_URL: "https://chat.example/hook",
      TICKET_DIR: "x",
      DATABASE_URL: "postgres://app:swordfish@db/app",
    };
    const { code, document } = await scene.examine({ environment });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringContaining("DATABASE_URL: it is set, but"),
      expect.stringContaining("RUNNER_MODE: it is gha, but"),
    ]);
    const warnings = document.sections[0]?.findings.filter(({ status }) => status === "warning");
    expect(warnings?.map(({ subject }) => subject)).toEqual(["TICKET_DIR", "NOTIFY_WEBHOOK_URL"]);
    expect(JSON.stringify(document)).not.toContain("swordfish");
  });
});

describe("`ai-implement doctor` before anything has run", () => {
  it("finds nothing wrong, says what to do next, and leaves no trace", async () => {
    const before = await scene.files();
    const { code, text } = await scene.run();
    expect(code).toBe(0);
    expect(text).toContain("Nothing has run here yet");
    expect(text).toMatch(/What to do next\n {2}1\. Start the service: ai-implement start\n {2}2\. Map /);
    expect(text).toMatch(/✓ Nothing to mend in \d checks\.\n$/);
    expect(await scene.files()).toEqual(before);
  });

  it("says that the admin API needs a code before a project can be mapped (§4.1)", async () => {
    const { document } = await scene.examine({ environment: { ADMIN_ACCESS_CODE: "" } });
    expect(document.next[0]).toBe("Set ADMIN_ACCESS_CODE: without it there is no admin API.");
  });

  it("names folders that are not there", async () => {
    const nowhere = join(scene.directory, "nowhere");
    const environment = {
      TICKETS_DIR: nowhere,
      LOCAL_FORGE_DIR: nowhere,
      DEDUP_DB_PATH: join(nowhere, "dedup.sqlite"),
    };
    const { code, document } = await scene.examine({ environment });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      `Database | DEDUP_DB_PATH: The folder ${nowhere} does not exist. → Make it, or point the setting elsewhere.`,
      `Local repositories | LOCAL_FORGE_DIR: it names ${nowhere}, which does not exist. → Create it or correct the setting.`,
      expect.stringMatching(/^Folder of tickets \| TICKETS_DIR: /),
    ]);
  });
});

describe("`ai-implement doctor` and the stored projects", () => {
  it("says of a project where everything is right what it looked at", async () => {
    await scene.store(shop);
    const { code, text } = await scene.run();
    expect(code).toBe(0);
    expect(text).toContain(
      [
        "Project SHOP (folder → acme/shop)",
        "  ✓ ticketingConfig.path",
        "  ✓ repository acme/shop, branch main",
        "  ✓ executionMode process",
      ].join("\n"),
    );
  });

  it("names what is wrong with each, and says which is paused", async () => {
    await scene.store(
      shop,
      aProject({ key: "LIN", ticketing: { kind: "linear" }, executor: "docker", paused: true }),
      aProject({
        key: "OTHER",
        ticketing: { kind: "folder", path: "nowhere" },
        repository: { ...shop.repository, defaultBranch: "trunk" },
      }),
    );
    const { code, document } = await scene.examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(
        /^Project LIN .*ticketingProvider: The tracker "linear" is not configured here\. → /,
      ),
      expect.stringMatching(/^Project LIN .*executionMode: The executor "docker" .* → .* one of process\.$/),
      expect.stringMatching(/^Project OTHER .*ticketingConfig\.path: .*nowhere/),
      expect.stringMatching(
        /^Project OTHER .*defaultBranch: The repository acme\/shop has no branch "trunk", but has main/,
      ),
    ]);
    const paused = document.sections.find(({ title }) => title.startsWith("Project LIN"));
    expect(paused?.notes).toEqual(["It is paused: nothing is dispatched for it."]);
  });

  it("looks at one of them alone, and names those that there are where it does not know it", async () => {
    await scene.store(shop, aProject({ key: "LIN" }));
    const one = await scene.examine({ project: "SHOP" });
    expect(one.code).toBe(0);
    expect(one.document.sections.map(({ title }) => title).filter((title) => /^Project/.test(title))).toEqual(
      ["Project SHOP (folder → acme/shop)"],
    );
    const none = await scene.examine({ project: "SHIP" });
    expect(none.code).toBe(1);
    expect(wrongIn(none.document)).toEqual([
      "Projects | --project SHIP: There is no project with this key. → Use one of LIN, SHOP.",
    ]);
  });

  it("names a database that cannot be read, and looks at the trackers all the same", async () => {
    await writeFile(join(scene.directory, "dedup.sqlite"), "certainly no database\n");
    const { code, document } = await scene.examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Database \| DEDUP_DB_PATH: .*not a SQLite/)]);
    expect(document.sections.map(({ title }) => title)).toContain("Folder of tickets");
  });

  it("writes nothing, not even into a database that it reads", async () => {
    await scene.store(shop);
    const before = await scene.files();
    await scene.run();
    expect(await scene.files()).toEqual(before);
  });
});

describe("`ai-implement doctor` on a terminal", () => {
  const eraseLine = "\r\u001b[2K";

  it("says whom it waits for, in a line that is gone before the report begins", async () => {
    const { text } = await scene.run({ terminal: 80 });
    expect(text).toContain(`${eraseLine}Asking Folder of tickets …`);
    const report = text.slice(text.lastIndexOf(eraseLine) + eraseLine.length);
    expect(report).toMatch(/^Settings\n/);
    expect(report).not.toContain("\u001b");
  });

  it("prints nothing of that elsewhere", async () => {
    expect((await scene.run()).text).not.toContain("\u001b");
  });
});
