import type { FastifyInstance } from "fastify";
import { compose } from "../compose.ts";
import { type Config, describeProblems, secretsIn } from "../config.ts";
import { createLogger } from "../logger.ts";
import type { LoadedConfig } from "./load-config.ts";

/** Listens and returns the port, which is the asked one unless that was 0. Only `main.ts` has one of these. */
export type Listen = (
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number },
) => Promise<number>;

/** @throws Error that names every problem of the settings, each with its fix */
export const configOrThrow = ({ result }: LoadedConfig): Config => {
  if (!result.ok) throw new Error(describeProblems(result.problems, result.warnings));
  return result.config;
};

export interface StartOptions {
  readonly loaded: LoadedConfig;
  readonly listen: Listen;
  readonly path: string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs the service until the signal, then closes it within 10 s. */
export const start = async ({ loaded, listen, path, signal }: StartOptions): Promise<void> => {
  const config = configOrThrow(loaded);
  const secrets = secretsIn(loaded.variables);
  const logger = createLogger({
    ...config.log,
    secrets,
    destination: process.stdout,
  });
  for (const warning of loaded.result.warnings) logger.warn({}, warning);
  const orchestrator = await compose({ config, logger, path, secrets });
  try {
    const port = await listen(orchestrator.app, { host: "0.0.0.0", port: config.service.port });
    await orchestrator.start(`http://127.0.0.1:${port}`);
    logger.info({ port, admin: config.service.adminAccessCode !== null }, "AI-Implement is running");
    await aborted(signal);
    logger.info({}, "stopping; running attempts go on and are adopted by the next start");
  } finally {
    await orchestrator.close();
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
