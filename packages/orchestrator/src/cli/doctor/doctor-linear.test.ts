import { readFile } from "node:fs/promises";
import type { LinearEmulator } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aProject } from "../../core/testing/builders.ts";
import { type DoctorScene, openDoctorScene, type RunOptions, wrongIn } from "./testing/doctor-scene.ts";

const schemaFile = vendorSchema("linear.schema.graphql");
const key = "lin_api_of_the_doctor";
const readOnlyKey = "lin_api_that_may_only_read";

const shop = aProject({ key: "SHOP", ticketing: { kind: "linear" } });
const till = aProject({ key: "TILL", ticketing: { kind: "linear" } });

describe.skipIf(schemaFile === null)("§7.1 `ai-implement doctor` and Linear", () => {
  let linear: LinearEmulator;
  let scene: DoctorScene;
  beforeEach(async () => {
    linear = await startLinearEmulator({
      schema: await readFile(schemaFile ?? "", "utf8"),
      apiKey: key,
      readOnlyKey,
    });
    linear.workspace.addTeam({ key: "SHOP" });
    linear.workspace.addTeam({ key: "TILL" });
    scene = await openDoctorScene();
  });
  afterEach(async () => {
    await Promise.all([linear.close(), scene.close()]);
    requireConformance(linear.conformance());
  });

  const examine = (options: RunOptions = {}, apiKey = key) =>
    scene.examine({
      ...options,
      environment: {
        TICKETS_DIR: "",
        LINEAR_API_KEY: apiKey,
        LINEAR_API_URL: linear.url,
        ...options.environment,
      },
    });

  it("finds nothing wrong where a key, a label and the teams are there", async () => {
    linear.workspace.addLabel({ name: "AI-Implement" });
    await scene.store(shop, till);
    const { code, document } = await examine();
    expect(wrongIn(document)).toEqual([]);
    expect(code).toBe(0);
    const subjects = (title: string) =>
      document.sections
        .find((section) => section.title.startsWith(title))
        ?.findings.map(({ subject }) => subject);
    expect(subjects("Linear")?.join()).toContain("the label AI-Implement");
    // What is right with the account is not said again for each project.
    expect(subjects("Project SHOP")?.join()).not.toContain("LINEAR_API_KEY");
    expect(subjects("Project SHOP")).toContain("the team SHOP");
  });

  it("names a key that Linear does not accept, once, and shows it nowhere", async () => {
    await scene.store(shop, till);
    const wrongKey = "a-key-of-no-known-format";
    const { code, document } = await examine({}, wrongKey);
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Linear \| LINEAR_API_KEY: .* → .*key/)]);
    const notes = document.sections
      .filter(({ title }) => /^Project/.test(title))
      .map((section) => section.notes);
    expect(notes).toEqual([["LINEAR_API_KEY: as above."], ["LINEAR_API_KEY: as above."]]);
    expect(JSON.stringify(document)).not.toContain(wrongKey);
  });

  it("names a key that may not write, and writes nothing to find out", async () => {
    linear.workspace.addLabel({ name: "AI-Implement" });
    await scene.store(shop);
    const { code, document } = await examine({}, readOnlyKey);
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(/^Linear \| LINEAR_API_KEY.*write.* → .*permission/),
    ]);
  });

  it("names a label that is missing, once for all projects, and does not make it", async () => {
    await scene.store(shop, till);
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(/^Linear \| the label AI-Implement: .* → Create the label AI-Implement/),
    ]);
    expect(linear.workspace.labels()).toEqual([]);
  });

  it("names a team that the key does not see, and those that it does", async () => {
    linear.workspace.addLabel({ name: "AI-Implement" });
    await scene.store(aProject({ key: "SHIP", ticketing: { kind: "linear" } }));
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([
      expect.stringMatching(
        /^Project SHIP .*teamKey: LINEAR_API_KEY does not see the team SHIP\..*SHOP, TILL\. → /,
      ),
    ]);
  });

  it("is done with a Linear that hangs, and looks at all else meanwhile", async () => {
    linear.setFaults(() => ({ kind: "hang" }));
    await scene.store(shop, aProject({ key: "DOCS", ticketing: { kind: "folder", path: "" } }));
    const { code, document } = await examine({
      environment: { TICKETS_DIR: scene.settings["TICKETS_DIR"] ?? "" },
      limitMs: 6_000,
    });
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Linear \| .*did not answer/)]);
    const docs = document.sections.find(({ title }) => title.startsWith("Project DOCS"));
    expect(docs?.findings.map(({ status }) => status)).toEqual(["right", "right", "right"]);
  });

  it("says of a Linear that is down that it is down", async () => {
    linear.setFaults(() => ({ kind: "server-error" }));
    const { code, document } = await examine();
    expect(code).toBe(1);
    expect(wrongIn(document)).toEqual([expect.stringMatching(/^Linear \| .*503/)]);
  });
});
