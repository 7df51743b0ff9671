import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { agentSettingsSchema } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { createSharedSandbox } from "../sandbox/shared-sandbox.ts";
import { createAgent } from "./registry.ts";

const surroundings = { home: "/nowhere/home", workspace: "/nowhere/clone", sandbox: createSharedSandbox([]) };

describe("§10.4 the agent is a port: a second CLI is one folder", () => {
  it("every kind of agent in the settings has its folder, and the other way round", async () => {
    const entries = await readdir(import.meta.dirname, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const kinds = agentSettingsSchema.options.map(({ shape }) => shape.kind.value);
    expect(folders.sort()).toEqual([...kinds].sort());
  });

  it("makes the one that the settings name", async () => {
    const agent = createAgent({ kind: "scripted", script: "/nowhere/script.json" }, surroundings);
    expect(await agent.describe()).toBe("scripted agent (rehearsal)");
  });

  it("sends no agent outside of the run's workspace", async () => {
    const agent = createAgent({ kind: "scripted", script: "/nowhere/script.json" }, surroundings);
    const request = {
      purpose: "explore",
      prompt: "p",
      access: "read-only",
      model: "m",
      maxTurns: 1,
      environment: {},
      signal: new AbortController().signal,
    } as const;
    const messageIn = async (directory: string): Promise<string> => {
      const outcome = await agent.run({ ...request, directory }, () => undefined);
      return outcome.kind === "failed" ? outcome.message : "";
    };
    expect(await messageIn(join(surroundings.workspace, ".."))).toContain("outside of its workspace");
    expect(await messageIn("/nowhere/clone-2")).toContain("outside of its workspace");
    expect(await messageIn(join(surroundings.workspace, "packages"))).toContain("script.json cannot be used");
  });
});
