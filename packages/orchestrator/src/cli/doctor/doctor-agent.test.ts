import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aProject } from "../../core/testing/builders.ts";
import { type DoctorScene, openDoctorScene, type RunOptions, wrongIn } from "./testing/doctor-scene.ts";

let scene: DoctorScene;
beforeEach(async () => {
  scene = await openDoctorScene();
});
afterEach(() => scene.close());

const shop = aProject({ key: "SHOP", ticketing: { kind: "folder", path: "" } });

const sectionOf = async (title: string, options: RunOptions = {}) => {
  const { document } = await scene.examine(options);
  const section = document.sections.find((other) => other.title === title);
  return { section, wrong: wrongIn(document).filter((line) => line.startsWith(`${title} |`)) };
};

describe("`ai-implement doctor` and the agent (§10.4)", () => {
  it("names it, its version, and the credential that is given", async () => {
    await scene.store(shop);
    const { section } = await sectionOf("Agent");
    expect(section?.findings.map(({ status, subject }) => `${status} ${subject}`)).toEqual([
      "right AGENT Claude Code",
      expect.stringMatching(/^right AGENT_COMMAND .*node \(v\d/),
      "right ANTHROPIC_API_KEY",
    ]);
  });

  it("says what is missing where the runs of this machine need it", async () => {
    await scene.store(aProject({ ...shop, budget: { perRunUsd: 2 } }));
    const environment = { AGENT: "codex", AGENT_COMMAND: join(scene.directory, "codex") };
    expect((await sectionOf("Agent", { environment })).wrong).toEqual([
      expect.stringMatching(
        /AGENT_COMMAND: Codex could not be started as .* \(ENOENT\)\. → Install it with `npm i/,
      ),
      expect.stringMatching(/OPENAI_API_KEY: There is no credential .* → Set OPENAI_API_KEY\.$/),
      expect.stringMatching(/MODEL_PRICES: SHOP limits what a run may cost .* → Set MODEL_PRICES/),
    ]);
  });

  it("knows a price by the beginning of a model's name", async () => {
    await scene.store(aProject({ ...shop, budget: { perRunUsd: 2 } }));
    const prices = JSON.stringify({ "gpt-6*": { input: 1, output: 8, cacheRead: 0.1, cacheWrite: 0 } });
    const wrongWith = async (model: string) =>
      (
        await sectionOf("Agent", {
          environment: { AGENT: "codex", OPENAI_API_KEY: "sk-x", MODEL_PRICES: prices, AGENT_MODEL: model },
        })
      ).wrong;
    expect(await wrongWith("gpt-6.1-sol")).toEqual([]);
    expect(await wrongWith("gpt-5")).toEqual([expect.stringContaining("there is no price of gpt-5")]);
  });

  it("asks for no program and no credential of ours where runs bring their own (§8.4)", async () => {
    await scene.store(aProject({ ...shop, executor: "github-actions" }));
    const { section } = await sectionOf("Agent", {
      environment: { ANTHROPIC_API_KEY: "", AGENT_COMMAND: "" },
    });
    expect(section?.findings.map(({ subject }) => subject)).toEqual(["AGENT Claude Code"]);
  });

  it("says that a script only rehearses, and where it is missing", async () => {
    const script = join(scene.directory, "script.json");
    const { section, wrong } = await sectionOf("Agent", { environment: { AGENT_SCRIPT: script } });
    expect(wrong).toEqual([expect.stringContaining("AGENT_SCRIPT: The rehearsal script")]);
    expect(section?.notes.join()).toContain("nothing is really worked on");
  });
});

describe("`ai-implement doctor` and the container engine (§8.6)", () => {
  let server: Server;
  let hasImage: boolean;
  beforeEach(async () => {
    hasImage = true;
    server = createServer((request, response) => {
      const isImage = request.url === "/images/acme/runner:1/json";
      const status = request.url === "/_ping" || (isImage && hasImage) ? 200 : 404;
      response.writeHead(status).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const options = (): RunOptions => ({
    environment: {
      DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
      LOCAL_RUNNER_IMAGE: "acme/runner:1",
      RUNNER_CALLBACK_BASE_URL: "https://ai.example",
      RUNNER_TOKEN_SECRET: "a secret of at least thirty-two bytes",
    },
  });

  it("is looked at only where an image for containers is set", async () => {
    expect((await sectionOf("Container engine")).section).toBeUndefined();
    expect((await sectionOf("Container engine", options())).section?.findings).toMatchObject([
      { status: "right", subject: "DOCKER_HOST" },
      { status: "right", subject: "LOCAL_RUNNER_IMAGE acme/runner:1" },
    ]);
  });

  it("names an image that is not there, with the command that makes it", async () => {
    hasImage = false;
    expect((await sectionOf("Container engine", options())).wrong).toEqual([
      expect.stringMatching(
        /LOCAL_RUNNER_IMAGE acme\/runner:1: .* not have this image.* → Build it with `npm run build/,
      ),
    ]);
  });

  it("names an engine that does not answer", async () => {
    const { environment = {} } = options();
    const gone = { environment: { ...environment, DOCKER_HOST: `unix://${scene.directory}/nobody.sock` } };
    expect((await sectionOf("Container engine", gone)).wrong).toEqual([
      expect.stringMatching(/DOCKER_HOST unix:.*nobody\.sock: .* → See that it is up/),
    ]);
  });
});
