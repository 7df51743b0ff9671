import { existsSync } from "node:fs";
import type { ResultRequest } from "@ai-implement/contracts";
import { createEngineClient, type EngineClient, parsedAnswer } from "../engine-client.ts";
import { containerSchema } from "../schema.ts";
import { makeTar } from "./make-tar.ts";

export interface TestEngine {
  readonly host: string;
  readonly client: EngineClient;
  /** Some Debian or the like with a shell, to make images of. */
  readonly base: string;
}

const bases = ["localhost/debian:bookworm", "debian:bookworm-slim", "node:24-bookworm-slim", "alpine:3"];

/** The container engine of this machine; null: it has none, or no image to build on. */
export const findTestEngine = async (environment: NodeJS.ProcessEnv): Promise<TestEngine | null> => {
  const socket = "/var/run/docker.sock";
  const host = environment["DOCKER_HOST"] ?? (existsSync(socket) ? `unix://${socket}` : "");
  if (host === "") return null;
  try {
    const client = createEngineClient(host);
    for (const base of bases) {
      const answer = await client.ask({ method: "GET", path: `/images/${base}/json`, timeoutMs: 5_000 });
      if (answer.status === 200) return { host, client, base };
    }
  } catch {
    // It is set and does not answer: these tests are not about that.
  }
  return null;
};

/** Stands in for the runner: what it does is in its claim token, which it gets in any case. */
const runnerScript = (result: ResultRequest): string => `#!/bin/sh
echo "the stand-in begins: $AI_IMPLEMENT_CLAIM_TOKEN"
mkdir "$AI_IMPLEMENT_ATTEMPT_DIR/claimed" || exit 75
echo start >> "$AI_IMPLEMENT_ATTEMPT_DIR/starts"
mkdir -p "$AI_IMPLEMENT_RESULT_DIR"
case "$AI_IMPLEMENT_CLAIM_TOKEN" in
  waits) trap 'exit 0' TERM; sleep 600 & wait ;;
  leaves-a-report) cat > "$AI_IMPLEMENT_RESULT_DIR/result.json" <<'END'
${JSON.stringify(result)}
END
  ;;
  leaves-a-link) ln -s /etc "$AI_IMPLEMENT_RESULT_DIR/result.json" ;;
  leaves-much) truncate -s 3G "$AI_IMPLEMENT_RESULT_DIR/result.json" ;;
  tells) env; grep ^Cap /proc/self/status; test -e /var/run/docker.sock -o -e /run/docker.sock || echo "no socket"
    touch /here 2>/dev/null || echo "cannot write to /"
    touch /tmp/here /run/here && echo "can write to /tmp and /run"; cat /etc/hosts
    echo "a token: ghp_0123456789abcdefghijklmnopqrstuvwxyz" ;;
  is-greedy) exec tail /dev/zero ;;
  *) echo "the kettle broke"; exit 3 ;;
esac
`;

/** A small image with that as its \`ai-implement-runner\`; built once, then the engine knows its layers. */
export const buildStandIn = async (
  { client, base }: TestEngine,
  tag: string,
  result: ResultRequest,
): Promise<void> => {
  const context = makeTar([
    {
      name: "Dockerfile",
      content: `FROM ${base}\nCOPY ai-implement-runner /usr/local/bin/\nENV AI_IMPLEMENT_AGENT_USER=agent\n`,
    },
    { name: "ai-implement-runner", content: runnerScript(result), mode: "0000755" },
  ]);
  const answer = await client.ask({
    method: "POST",
    path: "/build",
    query: { t: tag },
    body: { contentType: "application/x-tar", bytes: context },
    timeoutMs: 60_000,
  });
  if (answer.status !== 200 || !answer.bytes.toString("utf8").includes("Successfully tagged"))
    throw new Error(`The stand-in's image was not built: ${answer.bytes.toString("utf8")}`);
};

export const inspect = async ({ client }: TestEngine, name: string): Promise<unknown> => {
  const answer = await client.ask({ method: "GET", path: `/containers/${name}/json` });
  parsedAnswer("the container", answer, containerSchema);
  return JSON.parse(answer.bytes.toString("utf8")) as unknown;
};
