import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AnthropicEmulator } from "@ai-implement/emulators/anthropic/emulator.ts";
import { execa } from "execa";
import { type Github, startGithub, tally } from "./github.ts";
import { makeSandbox, type Sandbox, type Service, startService } from "./service.ts";
import {
  type Certificate,
  machineAddress,
  makeCertificate,
  openTlsFront,
  writeTrustingDockerfile,
} from "./tls-front.ts";
import { startVendors, type Vendors } from "./vendors.ts";

export const modelKey = "sk-ant-key-of-the-operator-0123456789";

export interface DockerScene {
  readonly github: Github;
  readonly vendors: Vendors;
  readonly sandbox: Sandbox;
  readonly service: Service;
  /** Where a person's `docker logs` would be. */
  logOf(runId: string): string;
  containers(): Promise<readonly ContainerOfRun[]>;
  /** What nobody in a container may ever see. */
  readonly secrets: readonly string[];
  /** `kill -9`, and a start over what is left. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface ContainerOfRun {
  readonly id: string;
  readonly name: string;
  readonly memory: number;
  readonly startedAt: string;
}

export interface DockerSceneOptions {
  /** The runner's image, as `npm run build:runner:local` makes it. */
  readonly image: string;
  readonly schemas: { readonly openApi: string; readonly linearSchema: string; readonly jiraSchema: string };
  readonly model: AnthropicEmulator;
  /** Of the repository. */
  readonly files: (servicePort: number) => Readonly<Record<string, string>>;
}

/** The service on this machine, its attempts in containers, and the vendors where both reach them over TLS. */
export const openDockerScene = async (options: DockerSceneOptions): Promise<DockerScene> => {
  const address = machineAddress();
  if (address === null) throw new Error("This machine has no address that its containers reach.");
  const sandbox = await makeSandbox({ environment: { ANTHROPIC_API_KEY: "unused" } });
  for (const name of ["TALLY-1.md", "TALLY-2.md", "TALLY-3.md"]) await rm(join(sandbox.tickets, name));
  const certificate = await makeCertificate(join(sandbox.path, "tls"), address);
  const image = await buildTrustingImage(sandbox, options.image, certificate);
  const { openApi, linearSchema, jiraSchema } = options.schemas;
  const vendors = await startVendors({ linearSchema, jiraSchema });
  const files = options.files(Number(sandbox.settings["PORT"]));
  const github = await startGithub({ openApi, directory: sandbox.path, executes: false, files });
  const githubFront = await openTlsFront(github.emulator.url, address, certificate);
  const modelFront = await openTlsFront(options.model.url, address, certificate);
  const tokenSecret = randomBytes(32).toString("hex");
  const environment = {
    ...vendors.settings,
    ...github.settings,
    GITHUB_API_URL: `${githubFront.url}/api/v3`,
    ANTHROPIC_BASE_URL: modelFront.url,
    ANTHROPIC_API_KEY: modelKey,
    NODE_EXTRA_CA_CERTS: certificate.file,
    RUNNER_MODE: "local",
    LOCAL_RUNNER_IMAGE: image,
    DOCKER_HOST: process.env["DOCKER_HOST"] ?? "",
    RUNNER_CALLBACK_BASE_URL: `http://127.0.0.1:${sandbox.settings["PORT"]}`,
    RUNNER_TOKEN_SECRET: tokenSecret,
    CLIENT_SLUG: `tests-${randomBytes(4).toString("hex")}`,
    LOG_LEVEL: "debug",
  };
  let service = await startService(sandbox, environment);
  return {
    github,
    vendors,
    sandbox,
    get service() {
      return service;
    },
    logOf: (runId) => join(sandbox.path, "attempts", runId, "runner.log"),
    containers: () => containersOf(environment.CLIENT_SLUG),
    secrets: secretsOf({ ...environment, ...sandbox.settings }),
    async crash() {
      await service.kill();
      service = await startService(sandbox, environment);
    },
    async close() {
      await service.stop();
      for (const { id } of await containersOf(environment.CLIENT_SLUG))
        await execa("docker", ["rm", "--force", "--volumes", id]);
      await execa("docker", ["rmi", "--force", image]);
      await Promise.all([githubFront.close(), modelFront.close()]);
      await github.close();
      await vendors.close();
      await sandbox.remove();
    },
  };
};

const buildTrustingImage = async (
  sandbox: Sandbox,
  base: string,
  certificate: Certificate,
): Promise<string> => {
  const file = await writeTrustingDockerfile(join(sandbox.path, "image"), base, certificate);
  const tag = `localhost/ai-implement-tests:${randomBytes(6).toString("hex")}`;
  await execa("docker", ["build", "--tag", tag, "--file", file, dirname(file)]);
  return tag;
};

const containersOf = async (owner: string): Promise<readonly ContainerOfRun[]> => {
  const filter = `label=ai-implement.owner=${owner}`;
  const { stdout } = await execa("docker", ["ps", "--all", "--quiet", "--no-trunc", "--filter", filter]);
  const ids = stdout.split("\n").filter((id) => id !== "");
  return Promise.all(
    ids.map(async (id) => {
      const inspected = await execa("docker", ["inspect", id]);
      const [one] = JSON.parse(inspected.stdout) as {
        Name: string;
        HostConfig: { Memory: number };
        State: { StartedAt: string };
      }[];
      if (one === undefined) throw new Error(`The engine does not know ${id}.`);
      const { Name: name, HostConfig, State } = one;
      return { id, name: name.replace(/^\//, ""), memory: HostConfig.Memory, startedAt: State.StartedAt };
    }),
  );
};

const secretsOf = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) =>
    !/SECRET|KEY|TOKEN|ACCESS_CODE/.test(name) || value === ""
      ? []
      : name === "GITHUB_APP_PRIVATE_KEY"
        ? value.split("\\n").filter((line) => line !== "" && !line.startsWith("-----"))
        : [value],
  );

/** As an operator does it, and a person who marks a ticket. */
export const addMarkedTicket = async (
  { service, vendors }: DockerScene,
  teamKey: string,
  title: string,
): Promise<{ readonly identifier: string; isDone(): boolean }> => {
  vendors.linear.workspace.addTeam({ key: teamKey });
  const { status, body } = await service.send("POST", "/api/mappings", {
    teamKey,
    ticketingProvider: "linear",
    ticketingConfig: { kind: "linear" },
    forge: "github",
    owner: tally.owner,
    repo: tally.name,
    defaultBranch: "main",
    executionMode: "docker",
    machineCpus: 2,
    machineMemoryMb: 3072,
  });
  if (status !== 201) throw new Error(`The project was refused: ${JSON.stringify(body)}`);
  const { id } = vendors.linear.workspace.addIssue({
    teamKey,
    title,
    description: title,
    labels: ["AI-Implement"],
  });
  return {
    identifier: `${teamKey}-1`,
    isDone: () => vendors.linear.workspace.issue(id)?.state.type === "completed",
  };
};
