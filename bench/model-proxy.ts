import { request } from "node:http";
import { openModelProxy } from "@ai-implement/runner/model-proxy/open-model-proxy.ts";
import { type Bench, rounds } from "./support/figure.ts";
import { startModelProvider } from "./support/model-provider.ts";

const roundCount = 300;
/** Let go of, as both sides are not warm yet. */
const warmUp = 50;
/** What an agent's session sends once it has read a few files: about 50,000 tokens. */
const requestBytes = 200 * 1024;

/** What it costs the agent that its calls go through us: from the begin of a call to the first byte of its answer. */
export const modelProxy: Bench = {
  name: "model-proxy",
  async measure() {
    const provider = await startModelProvider();
    const upstream = { kind: "anthropic", baseUrl: provider.url, apiKey: "key" } as const;
    const proxy = await openModelProxy({ upstream, prices: {}, log: () => undefined });
    try {
      proxy.open(1_000_000);
      const ask = (url: string): Promise<number> => firstByte(`${url}/v1/messages`, proxy.token);
      const measured = (
        await rounds(roundCount + warmUp, async () => ({
          direct: await ask(provider.url),
          through: await ask(proxy.url),
        }))
      ).slice(warmUp);
      const baseline = { name: "straight to the provider", samples: measured.map(({ direct }) => direct) };
      const unit = "ms";
      return [
        {
          name: "first byte through the proxy",
          unit,
          samples: measured.map(({ through }) => through),
          baseline,
        },
        {
          name: "what the proxy adds to it",
          unit,
          samples: measured.map(({ direct, through }) => through - direct),
          baseline,
          aimBelow: 5,
        },
      ];
    } finally {
      await proxy.close();
      await provider.close();
    }
  },
};

const body = Buffer.from(
  JSON.stringify({
    model: "claude-sonnet-4-6",
    max_tokens: 32_000,
    stream: true,
    messages: [{ role: "user", content: 'const a = "b";\n'.repeat(requestBytes / 15) }],
  }),
);

/** In ms. The answer is read to its end before the next one is asked for. */
const firstByte = (url: string, token: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const begin = performance.now();
    const headers = { "x-api-key": token, "content-type": "application/json", "content-length": body.length };
    const call = request(url, { method: "POST", headers }, (answer) => {
      let first: number | null = null;
      answer.on("data", () => {
        first ??= performance.now() - begin;
      });
      answer.on("end", () => resolve(first ?? performance.now() - begin));
      answer.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
