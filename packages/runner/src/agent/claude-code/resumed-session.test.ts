import { call, type Scenario, say, write } from "@ai-implement/emulators/anthropic/scenario.ts";
import { afterEach, expect, it } from "vitest";
import { claudeCommand, type Stage, setTheStage } from "./testing/session.ts";

const command = claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]);

let stage: Stage;
afterEach(() => stage.close());

const scenario: Scenario = ({ step }) => (step === 0 ? call(write("a.txt", "one\n")) : say("Done."));

it("a resumed session begins as it began before, whatever it has changed: the provider's cache holds all of it (§10.1)", async () => {
  stage = await setTheStage(command, scenario);
  const first = await stage.run();
  if (first.kind !== "completed") throw new Error("the session did not come to its end");
  await stage.run({ resume: first.session, prompt: "Say it louder." });
  const systems = stage.emulator
    .requests()
    .filter(({ method }) => method === "POST")
    .map(({ body }) => JSON.stringify((body as { system?: unknown } | null)?.system));
  expect(systems.length).toBeGreaterThan(2);
  expect(new Set(systems).size).toBe(1);
});
