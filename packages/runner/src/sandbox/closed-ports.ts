import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { portOf } from "./allow-list.ts";
import { plainAddress } from "./private-addresses.ts";

const lookUpMs = 3_000;

/** The ports of those URLs that lead to this machine: what listens there may well listen on loopback, too. */
export const closedPortsOf = async (urls: readonly string[]): Promise<readonly number[]> => {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map(({ address }) => plainAddress(address)),
    ),
  );
  const ports = await Promise.all(
    urls.map(async (text) => {
      const url = new URL(text);
      const isHere = (await addressesOf(url)).some((address) => own.has(plainAddress(address)));
      return isHere ? [portOf(url)] : [];
    }),
  );
  return [...new Set(ports.flat())];
};

/** A name that leads nowhere does not lead here. */
const addressesOf = async ({ hostname }: URL): Promise<readonly string[]> => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (plainAddress(host) !== null) return [host];
  const found = lookup(host, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  return Promise.race([found, wait(lookUpMs, [], { ref: false })]);
};
