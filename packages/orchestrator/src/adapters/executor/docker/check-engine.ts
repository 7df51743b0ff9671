import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { type EngineClient, refused } from "./engine-client.ts";

/** Whether the engine answers, and has the image that attempts begin with. @throws DeliveryError when it cannot be asked for the image */
export const checkEngine = async (engine: EngineClient, image: string): Promise<readonly SetupFinding[]> => {
  const path = `/images/${image}/json`;
  const subject = `LOCAL_RUNNER_IMAGE ${image}`;
  const ping = await engine.ask({ method: "GET", path: "/_ping", timeoutMs: 5_000 });
  if (ping.status !== 200) throw refused("whether it is there", ping);
  const { status } = await engine.ask({ method: "GET", path, timeoutMs: 5_000 });
  const reached: SetupFinding = { subject: "DOCKER_HOST", problem: null };
  if (status === 200) return [reached, { subject, problem: null }];
  return [
    reached,
    {
      subject,
      problem: {
        what:
          status === 404
            ? "the container engine does not have this image, and none is pulled for a run"
            : `the container engine answers ${status} when it is asked for this image`,
        fix: "Build it with `npm run build:runner:local`, pull it, or name another one.",
      },
    },
  ];
};
