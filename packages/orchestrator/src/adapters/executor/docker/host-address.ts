import { DeliveryError } from "../../../ports/delivery-error.ts";
import { type EngineClient, parsedAnswer } from "./engine-client.ts";
import { engineVersionSchema, networkSchema } from "./schema.ts";

/** By which containers call the machine that their engine runs on. */
const hostName = "host.docker.internal";

/** What has to be added to a container's hosts, so that it finds the orchestrator. @throws DeliveryError */
export const extraHostsFor = async (
  engine: EngineClient,
  orchestratorUrl: string,
): Promise<readonly string[]> => {
  if (new URL(orchestratorUrl).hostname !== hostName) return [];
  const version = parsedAnswer(
    "which version it is",
    await engine.ask({ method: "GET", path: "/version" }),
    engineVersionSchema,
  );
  const podman = version.Components?.find(({ Name }) => Name === "Podman Engine")?.Version;
  const isKnown = podman === undefined || !isBefore(podman, [4, 7]);
  return [`${hostName}:${isKnown ? "host-gateway" : await gatewayOf(engine)}`];
};

/** Before 4.7 podman takes the word `host-gateway` for an address, and writes it down as one. */
const isBefore = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [theMajor = 0, theMinor = 0] = version.split(".").map(Number);
  return theMajor < major || (theMajor === major && theMinor < minor);
};

const gatewayOf = async (engine: EngineClient): Promise<string> => {
  const what = "the bridge network's gateway";
  const network = parsedAnswer(
    what,
    await engine.ask({ method: "GET", path: "/networks/bridge" }),
    networkSchema,
  );
  const gateway = network.IPAM.Config?.[0]?.Gateway;
  if (gateway !== undefined) return gateway;
  throw new DeliveryError(
    `The container engine does not say ${what}: set LOCAL_RUNNER_ORCHESTRATOR_URL to an address of this machine.`,
    { retryable: false },
  );
};
