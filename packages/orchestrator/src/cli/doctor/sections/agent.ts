import { access } from "node:fs/promises";
import { execa } from "execa";
import type { Config } from "../../../config.ts";
import type { Project } from "../../../core/project.ts";
import { seconds } from "../../../core/time.ts";
import { agentSettings, dispatchPolicy } from "../../../from-config.ts";
import { type Finding, right, type Section, wrong } from "../finding.ts";
import type { Scene } from "../scene.ts";
import { chosenProjects } from "./projects.ts";

const titles = { "claude-code": "Claude Code", codex: "Codex" } as const;
const packages = { "claude-code": "@anthropic-ai/claude-code", codex: "@openai/codex" } as const;
const usualCommands = { "claude-code": "claude", codex: "codex" } as const;

/** The coding CLI: what is ours to provide of it depends on where the projects' runs are. */
export const agentSections = async (scene: Scene): Promise<readonly Section[]> => {
  const { config } = scene;
  const projects = chosenProjects(scene);
  if (config.agent.script !== null) return [await rehearsalSection(config.agent.script)];
  const { forcedExecutor } = dispatchPolicy(config);
  const executors = new Set(projects.map(({ executor }) => forcedExecutor ?? executor));
  const findings = [
    right(`AGENT ${titles[config.agent.kind]}`),
    ...(executors.has("process") ? await commandFindings(scene) : []),
    ...(executors.has("process") || executors.has("docker") ? [credentialFinding(config)] : []),
    ...priceFindings(config, projects),
  ];
  return [{ title: "Agent", findings, notes: [] }];
};

const rehearsalSection = async (script: string): Promise<Section> => {
  const finding = await access(script).then(
    () => right("AGENT_SCRIPT"),
    () =>
      wrong(
        "AGENT_SCRIPT",
        `The rehearsal script ${script} cannot be read.`,
        "Correct the setting, or unset it.",
      ),
  );
  return {
    title: "Agent",
    findings: [finding],
    notes: ["A scripted agent plays the model's part: nothing is really worked on."],
  };
};

/** The program as the process executor's runs find it. */
const commandFindings = ({ config, ask, path }: Scene): Promise<readonly Finding[]> => {
  const { kind } = config.agent;
  const settings = agentSettings(config);
  const command = ("command" in settings ? settings.command : undefined) ?? usualCommands[kind];
  return ask(`${command} --version`, async () => {
    const { exitCode, stdout, code } = await execa(command, ["--version"], {
      env: { PATH: path },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      timeout: seconds(10),
      maxBuffer: 10_000,
    });
    if (exitCode === 0) return [right(`AGENT_COMMAND ${command} (${stdout.trim()})`)];
    const why = exitCode === undefined ? (code ?? "it did not end") : `exit code ${exitCode}`;
    return [
      wrong(
        "AGENT_COMMAND",
        `${titles[kind]} could not be started as ${command} (${why}).`,
        `Install it with \`npm install -g ${packages[kind]}\`, or set AGENT_COMMAND to its path.`,
      ),
    ];
  });
};

const credentialFinding = ({ agent }: Config): Finding => {
  const [setting, given] =
    agent.kind === "codex"
      ? (["OPENAI_API_KEY", agent.openai.apiKey] as const)
      : agent.oauthToken === null
        ? (["ANTHROPIC_API_KEY", agent.apiKey] as const)
        : (["CLAUDE_CODE_OAUTH_TOKEN", agent.oauthToken] as const);
  if (given !== null) return right(setting);
  const other = agent.kind === "codex" ? "" : " or CLAUDE_CODE_OAUTH_TOKEN";
  return wrong(
    setting,
    "There is no credential for the model, and the runs of this machine have none of their own.",
    `Set ${setting}${other}.`,
  );
};

/** The runner brings the prices of Anthropic's models, and of nobody else's. */
const priceFindings = ({ agent, modelPrices }: Config, projects: readonly Project[]): readonly Finding[] => {
  const limited = projects.filter(({ budget }) => budget.perRunUsd !== undefined).map(({ key }) => key);
  if (agent.kind !== "codex" || limited.length === 0) return [];
  const { model } = agent.openai;
  const names = Object.keys(modelPrices ?? {});
  const isKnown = model === null ? names.length > 0 : names.some((name) => isNameOf(name, model));
  return [
    isKnown
      ? right("MODEL_PRICES")
      : wrong(
          "MODEL_PRICES",
          `${limited.join(", ")} limits what a run may cost (budget.perRunUsd), and there is no price of ${model ?? "a model of OpenAI's"}: such a run ends at its first call.`,
          "Set MODEL_PRICES (docs/agents.md), or take the limit away.",
        ),
  ];
};

/** A name that ends in `*` stands for all that begin like it. */
const isNameOf = (name: string, model: string): boolean =>
  name.endsWith("*") ? model.startsWith(name.slice(0, -1)) : model === name;
