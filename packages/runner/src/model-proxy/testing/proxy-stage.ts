import type { PriceTable } from "@ai-implement/contracts";
import type { ModelProxy } from "../model-proxy.ts";
import { type ModelProxyOptions, openModelProxy } from "../open-model-proxy.ts";
import type { Upstream } from "../upstream.ts";
import { type Answer, type FakeProvider, startFakeProvider } from "./fake-provider.ts";

export const realKey = "sk-ant-the-real-key";

/** A dollar for a thousand tokens of input, two for output. */
export const roundPrices: PriceTable = {
  "test-model": { input: 1_000, output: 2_000, cacheRead: 100, cacheWrite: 1_250 },
};

export interface ProxyStage {
  readonly provider: FakeProvider;
  readonly proxy: ModelProxy;
  readonly logged: string[];
  /** A call with the run's token. */
  ask(body?: unknown, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** A proxy of Anthropic's API in front of a provider that answers as the test says. */
export const openProxyStage = async (
  answer: Answer,
  options: Partial<ModelProxyOptions> = {},
): Promise<ProxyStage> => {
  const provider = await startFakeProvider(answer);
  const logged: string[] = [];
  const upstream: Upstream = { kind: "anthropic", baseUrl: provider.url, apiKey: realKey };
  const log = (line: string): void => void logged.push(line);
  const proxy = await openModelProxy({ upstream, prices: roundPrices, log, ...options });
  return {
    provider,
    proxy,
    logged,
    ask: (body = aCall(), init = {}) =>
      fetch(`${proxy.url}/v1/messages?beta=true`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
        headers: { "x-api-key": proxy.token, "content-type": "application/json", ...init.headers },
      }),
    close: async () => {
      await proxy.close();
      await provider.close();
    },
  };
};

export const aCall = (changes: Readonly<Record<string, unknown>> = {}) => ({
  model: "test-model",
  max_tokens: 100,
  stream: true,
  messages: [{ role: "user", content: "hello" }],
  ...changes,
});
